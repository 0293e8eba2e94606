#include "atelier/report/picture_data_uri.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/image/resize.h"
#include "atelier/image/write_image.h"

namespace atelier::report {
namespace {

std::string base64(std::span<const std::byte> bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < left ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) text += k <= left ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

Image shrunk(const Image& image, int max_side) {
  const int longest = std::max(image.width(), image.height());
  if (longest <= max_side) return image;
  const double scale = static_cast<double>(max_side) / longest;
  const auto side = [&](int pixels) { return std::max(1, static_cast<int>(std::lround(pixels * scale))); };
  return resize(image, side(image.width()), side(image.height()));
}

}  // namespace

std::string picture_data_uri(const Image& image, int max_side, int quality) {
  if (max_side < 1)
    throw Error(ErrorCode::Usage, "image.size", "a picture in a report needs a side of at least 1");
  Image small = shrunk(image, max_side).to_depth(Depth::U8);
  small.set_icc_profile({});  // the samples are sRGB, and a page with fifty pictures needs no fifty profiles
  const bool opaque = small.is_opaque();
  if (opaque) small.remove_alpha();
  const std::string kind = opaque ? "jpeg" : "png";
  return "data:image/" + kind + ";base64," +
         base64(encode_image(small, kind, {.quality = quality, .mark_ai = false}));
}

}  // namespace atelier::report
