#pragma once

namespace atelier::inference::detail {

/// Luma of a pixel, in the scale of its samples.
inline float luma(float red, float green, float blue) {
  return 0.299f * red + 0.587f * green + 0.114f * blue;
}

}  // namespace atelier::inference::detail
