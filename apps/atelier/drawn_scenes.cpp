#include "drawn_scenes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "atelier/image/resize.h"
#include "sample_scene.h"

namespace atelier::cli {
namespace {

constexpr int kWidth = 720, kHeight = 540;

/// rgb -> matrix rgb + offset, clamped.
struct Light {
  std::array<double, 9> matrix;
  double offset = 0;
};

constexpr Light kDay{{1, 0, 0, 0, 1, 0, 0, 0, 1}};
constexpr Light kDusk{{0.62, 0, 0, 0, 0.5, 0, 0, 0.05, 0.72}};
constexpr Light kMist{{0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5}, 0.42};
constexpr Light kOtherColours{{0, 0.2, 0.8, 0.9, 0.1, 0, 0, 0.9, 0.1}};
constexpr Light kGrey{{0.35, 0.55, 0.1, 0.3, 0.6, 0.1, 0.3, 0.55, 0.15}};

Image lit(Image scene, const Light& light) {
  const std::span<std::uint8_t> rgb = scene.rgb8();
  for (std::size_t i = 0; i < rgb.size(); i += 3) {
    const std::array<double, 3> from = {rgb[i] / 255.0, rgb[i + 1] / 255.0, rgb[i + 2] / 255.0};
    for (std::size_t c = 0; c < 3; ++c) {
      const double* row = light.matrix.data() + 3 * c;
      const double level = row[0] * from[0] + row[1] * from[1] + row[2] * from[2] + light.offset;
      rgb[i + c] = static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 1.0) * 255));
    }
  }
  return scene;
}

Image mirrored(const Image& scene) {
  Image other(scene.width(), scene.height());
  const std::span<const std::uint8_t> from = scene.rgb8();
  const std::span<std::uint8_t> to = other.rgb8();
  const auto width = static_cast<std::size_t>(scene.width());
  for (std::size_t i = 0; i < scene.pixels(); ++i) {
    const std::size_t column = i % width, source = i - column + (width - 1 - column);
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(3 * source), 3,
                to.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
  return other;
}

}  // namespace

std::vector<Image> drawn_scenes() {
  const Image far = sample_scene(kWidth, kHeight), near = sample_scene(2 * kWidth, 2 * kHeight);
  const auto part = [&](int column, int row) {
    return crop(near, column * kWidth / 2, row * kHeight / 2, kWidth, kHeight);
  };
  // tune_style holds out every fourth.
  return {lit(far, kDay),         lit(part(0, 1), kDay),         lit(part(2, 0), kOtherColours),
          lit(part(2, 1), kMist), lit(mirrored(far), kDusk),     lit(part(1, 2), kDay),
          lit(part(1, 0), kGrey), lit(part(0, 2), kOtherColours)};
}

}  // namespace atelier::cli
