#pragma once

#include <cstddef>

namespace atelier::engine::detail {

/// Borrowed pixels, channels innermost: [height, width, channels], channels a multiple of kChannelGroup,
/// 64-byte aligned. Channels beyond the network's own are zero.
struct FeatureMap {
  float* data = nullptr;
  int height = 0, width = 0, channels = 0;

  float* at(int y, int x) const {
    return data +
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(channels);
  }
  std::size_t pixels() const { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
  std::size_t floats() const { return pixels() * static_cast<std::size_t>(channels); }
  std::size_t row_floats() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  }
};

/// Per channel max(0, x * scale + shift), applied while a map is read. Null pointers: read as it is.
struct ReadAffine {
  const float* scale = nullptr;
  const float* shift = nullptr;
};

}  // namespace atelier::engine::detail
