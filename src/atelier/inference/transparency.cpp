#include "atelier/inference/transparency.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace atelier::inference {
namespace {

template <typename Sample>
void fill_hidden(std::span<Sample> rgb, std::span<const Sample> alpha) {
  std::array<double, 3> sum{};
  double weight = 0;
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) sum[c] += static_cast<double>(rgb[3 * i + c]) * alpha[i];
    weight += alpha[i];
  }
  if (weight == 0) return;
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    if (alpha[i] != 0) continue;
    for (std::size_t c = 0; c < 3; ++c) rgb[3 * i + c] = static_cast<Sample>(std::lround(sum[c] / weight));
  }
}

template <typename Sample>
bool all_zero(std::span<const Sample> alpha) {
  return std::all_of(alpha.begin(), alpha.end(), [](Sample a) { return a == 0; });
}

}  // namespace

bool is_invisible(const Image& image) {
  if (!image.has_alpha()) return false;
  return image.depth() == Depth::U8 ? all_zero(image.alpha8()) : all_zero(image.alpha16());
}

Image visible_colours(const Image& image) {
  Image colours = image;
  if (!image.has_alpha()) return colours;
  if (image.depth() == Depth::U8) {
    fill_hidden<std::uint8_t>(colours.rgb8(), image.alpha8());
  } else {
    fill_hidden<std::uint16_t>(colours.rgb16(), image.alpha16());
  }
  colours.remove_alpha();
  return colours;
}

}  // namespace atelier::inference
