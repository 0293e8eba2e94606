#pragma once

#include <array>
#include <optional>

#include "atelier/evaluation/pictures/plane.h"

namespace atelier::evaluation {

/// Finds prints of a network's grid (checkerboards of upsampling, Odena et al. 2016): spectral lines at
/// periods of 8, 4, 8/3 and 2 pixels, the harmonics of a grid of 8. For each direction the power of
/// Hann-windowed rows (or columns), averaged over them; a line's height is its power over the mean of the
/// bins 3 to 8 away, in decibels. 8-bit rounding noise is added to both, so that flat pictures have no lines.
class GridMeter {
 public:
  static constexpr int kSmallestSide = 64;

  /// [direction: along x, along y][frequency m/8 a pixel, m = 1..4], decibels.
  using Lines = std::array<std::array<double, 4>, 2>;

  /// Nothing for pictures with a side below 64.
  std::optional<Lines> lines(const Plane& luma) const;

  /// The worst line of the painting above the photo's own line of the same direction and period, decibels:
  /// 0 for a copy, 3 and more is visible in flat areas. Nothing when either was not measured.
  static std::optional<double> excess(const std::optional<Lines>& painting,
                                      const std::optional<Lines>& photo);
};

}  // namespace atelier::evaluation
