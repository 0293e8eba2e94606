#include "atelier/inference/canvas.h"

#include <algorithm>

#include "atelier/image/noise_field.h"

namespace atelier::inference {

Image on_canvas(const Image& scene, float deviation) {
  if (deviation == 0) return scene;
  constexpr float full = 65535;
  Image laid = scene.to_depth(Depth::U16);
  const std::span<std::uint16_t> rgb = laid.rgb16();
  const auto width = static_cast<std::size_t>(laid.width());
  const Canvas canvas(0, width);
  std::vector<float> noise(width);
  for (int y = 0; y < laid.height(); ++y) {
    canvas.row(y, noise);
    std::uint16_t* pixel = rgb.data() + 3 * width * static_cast<std::size_t>(y);
    for (std::size_t x = 0; x < width; ++x, pixel += 3) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float value = static_cast<float>(pixel[c]) + noise[x] * deviation * full;
        pixel[c] = static_cast<std::uint16_t>(std::clamp(value, 0.0f, full) + 0.5f);
      }
    }
  }
  return laid;
}

}  // namespace atelier::inference
