#include "atelier/detection/face_mask.h"

#include <algorithm>
#include <cmath>

namespace atelier::detection {
namespace {

// In sides of a face's square, whose middle is the nose.
constexpr float kHalfWidth = 0.5f, kHalfHeight = 0.68f;
constexpr float kFadesBy = 1.5f;  // radii at which nothing is left

}  // namespace

Image face_mask(int width, int height, std::span<const Face> faces, float amount) {
  Image mask(width, height);
  const auto pixels = mask.rgb8();
  for (const Face& face : faces) {
    const auto side = static_cast<float>(face.side);
    const float middle_x = static_cast<float>(face.x) + side / 2,
                middle_y = static_cast<float>(face.y) + side / 2;
    const float reach_x = side * kHalfWidth * kFadesBy, reach_y = side * kHalfHeight * kFadesBy;
    const auto from = [](float at) { return std::max(0, static_cast<int>(std::floor(at))); };
    for (int y = from(middle_y - reach_y); y < std::min(height, from(middle_y + reach_y) + 1); ++y) {
      for (int x = from(middle_x - reach_x); x < std::min(width, from(middle_x + reach_x) + 1); ++x) {
        const float radius = std::hypot((static_cast<float>(x) - middle_x) / (side * kHalfWidth),
                                        (static_cast<float>(y) - middle_y) / (side * kHalfHeight));
        const float t = std::clamp((kFadesBy - radius) / (kFadesBy - 1), 0.0f, 1.0f);
        const auto value = static_cast<std::uint8_t>(255 * amount * t * t * (3 - 2 * t) + 0.5f);
        const auto at =
            static_cast<std::size_t>(3) *
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
        for (std::size_t c = at; c < at + 3; ++c) pixels[c] = std::max(pixels[c], value);
      }
    }
  }
  return mask;
}

}  // namespace atelier::detection
