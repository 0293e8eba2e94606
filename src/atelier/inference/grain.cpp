#include "atelier/inference/grain.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "atelier/image/noise_field.h"
#include "atelier/inference/detail/luma.h"

namespace atelier::inference {
namespace {

constexpr float kDeviation = 0.1f;  // of full scale, in the middle tones at strength 1
constexpr float kWidth = 1.5f;      // of the field's blobs at half their height, in steps

template <typename Sample>
void add(std::span<Sample> rgb, std::size_t width, std::size_t height, const Grain& grain, float full) {
  const NoiseField field(grain.seed, grain.size / kWidth, 0, width);
  std::vector<float> noise(width);
  for (std::size_t y = 0; y < height; ++y) {
    std::fill(noise.begin(), noise.end(), 0.0f);
    field.add_row(static_cast<std::int64_t>(y), grain.strength * kDeviation, noise);
    Sample* pixel = rgb.data() + 3 * y * width;
    for (std::size_t x = 0; x < width; ++x, pixel += 3) {
      const float luma = detail::luma(pixel[0], pixel[1], pixel[2]) / full;
      const float step_of_tone = noise[x] * 4 * luma * (1 - luma) * full;
      for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<Sample>(std::clamp(static_cast<float>(pixel[c]) + step_of_tone, 0.0f, full) + 0.5f);
      }
    }
  }
}

}  // namespace

void add_grain(Image& painting, const Grain& grain) {
  if (grain.strength == 0 || painting.empty()) return;
  const auto width = static_cast<std::size_t>(painting.width()),
             height = static_cast<std::size_t>(painting.height());
  if (painting.depth() == Depth::U8) {
    add(painting.rgb8(), width, height, grain, 255.0f);
  } else {
    add(painting.rgb16(), width, height, grain, 65535.0f);
  }
}

}  // namespace atelier::inference
