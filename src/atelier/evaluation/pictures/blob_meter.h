#pragma once

#include <optional>

#include "atelier/evaluation/pictures/lab.h"

namespace atelier::evaluation {

/// Finds colour blobs in flat areas (skies, walls), which statistics-matching losses buy where it is cheap:
/// over all neighbouring cells of a 64 x 64 grid that are alike in the photo (Lab distance below 2), the 95th
/// percentile of the painting's chroma step sqrt(da^2 + db^2), less the photo's own. 0 for a copy, Lab units;
/// strokes of two colours count too, so compare systems in the same style.
struct BlobMeter {
  static constexpr int kGrid = 64;

  /// Nothing when fewer than one pair in twenty is flat. Error Internal "evaluation.sizes" for different
  /// grids.
  std::optional<double> operator()(const LabGrid& painting, const LabGrid& photo) const;
};

}  // namespace atelier::evaluation
