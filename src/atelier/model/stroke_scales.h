#pragma once

namespace atelier::model {

/// The strokes that a generator learned to be told of, as multiples of those in a style picture. What it is
/// told when the stroke dial stands at 1 need not be 1: it learns on crops, each normalised by its own
/// statistics; a whole picture's even and busy parts share theirs, and the busy ones come out too fine. Told
/// of larger strokes it comes nearer to the style and to the photo (docs/evaluation.md). The values here are
/// those of bundles that say nothing.
struct StrokeScales {
  double smallest = 0.71, largest = 1.41;
  double told = 1.41;

  friend bool operator==(const StrokeScales&, const StrokeScales&) = default;
};

}  // namespace atelier::model
