#pragma once

#include <array>
#include <cstddef>

#include "atelier/image/image.h"
#include "atelier/inference/colour_transfer.h"
#include "atelier/inference/detail/samples.h"

namespace atelier::inference::detail {

/// The colour of one pixel.
Lab lab_at(const Samples& samples, std::size_t pixel);

/// Replaces every pixel by change(pixel index, its Lab), at either depth.
template <typename Change>
void map_lab(Image& image, Change change) {
  const auto store = [&](auto rgb, float full) {
    using Sample = typename decltype(rgb)::value_type;
    const Samples samples(image);
    for (std::size_t i = 0; i < image.pixels(); ++i) {
      const std::array<float, 3> colour = lab_to_srgb(change(i, lab_at(samples, i)));
      for (std::size_t c = 0; c < 3; ++c) rgb[3 * i + c] = static_cast<Sample>(colour[c] * full + 0.5f);
    }
  };
  if (image.depth() == Depth::U8) {
    store(image.rgb8(), 255.0f);
  } else {
    store(image.rgb16(), 65535.0f);
  }
}

}  // namespace atelier::inference::detail
