#pragma once

#include <cstddef>

#include "atelier/inference/detail/samples.h"

namespace atelier::inference::detail {

/// Luma of a pixel, in the scale of its samples.
inline float luma(float red, float green, float blue) {
  return 0.299f * red + 0.587f * green + 0.114f * blue;
}

/// Luma 0..1 of one pixel of a picture.
inline float luma(const Samples& samples, std::size_t pixel) {
  return luma(samples[3 * pixel], samples[3 * pixel + 1], samples[3 * pixel + 2]) / 65535.0f;
}

}  // namespace atelier::inference::detail
