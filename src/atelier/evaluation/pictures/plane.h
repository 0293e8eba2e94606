#pragma once

#include <cstddef>
#include <vector>

#include "atelier/image/image.h"

namespace atelier::evaluation {

/// One channel of a picture, row by row.
struct Plane {
  int width = 0, height = 0;
  std::vector<float> values;

  float at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

/// Luma 0.299 R + 0.587 G + 0.114 B of sRGB samples, in [0,1].
Plane luma_of(const Image& picture);

/// Error Internal "evaluation.sizes" unless both have the same size, at least 1 x 1.
void require_same_size(const Plane& a, const Plane& b);

}  // namespace atelier::evaluation
