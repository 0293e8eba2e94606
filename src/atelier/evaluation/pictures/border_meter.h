#pragma once

#include <optional>

#include "atelier/evaluation/pictures/plane.h"

namespace atelier::evaluation {

/// Finds printed frames (what zero padding leaves): the step between the outermost `kBand` pixels and the `2
/// kBand` behind them, as the painting has it and the photo has not. For q the luma and the size of its
/// gradient:
///   sum_q mean over the four sides |(q_painting(outer) - q_painting(inner)) - (q_photo(outer) -
///   q_photo(inner))|.
/// 0 for a copy; in luma units of [0,1], 0.05 is a visible frame.
struct BorderMeter {
  static constexpr int kBand = 8;

  /// Nothing for pictures with a side below 6 bands. Error Internal "evaluation.sizes" for different sizes.
  std::optional<double> operator()(const Plane& painting, const Plane& photo) const;
};

}  // namespace atelier::evaluation
