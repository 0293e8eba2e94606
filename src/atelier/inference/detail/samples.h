#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "atelier/image/image.h"

namespace atelier::inference::detail {

/// The colour samples of an image of either depth, read on the 16-bit scale (0..65535).
class Samples {
 public:
  explicit Samples(const Image& image) {
    if (image.depth() == Depth::U8) {
      eight_ = image.rgb8();
    } else {
      sixteen_ = image.rgb16();
    }
  }

  std::uint16_t operator[](std::size_t i) const {
    return sixteen_.empty() ? static_cast<std::uint16_t>(eight_[i] * 257) : sixteen_[i];
  }

 private:
  std::span<const std::uint8_t> eight_;
  std::span<const std::uint16_t> sixteen_;
};

}  // namespace atelier::inference::detail
