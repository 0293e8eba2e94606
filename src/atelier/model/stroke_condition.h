#pragma once

namespace atelier::model {

/// The stroke scales that generators are trained with: what they are told lies between them.
inline constexpr double kSmallestStroke = 0.71, kLargestStroke = 1.41;

/// What a generator is told when the stroke dial stands at 1. It learns on crops, each normalised by its own
/// statistics; a whole picture's even and busy parts share theirs, and the busy ones come out too fine. Told
/// of larger strokes it comes nearer to the style and to the photo (docs/evaluation.md).
inline constexpr double kToldStroke = kLargestStroke;

}  // namespace atelier::model
