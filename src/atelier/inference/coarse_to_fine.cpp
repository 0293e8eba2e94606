#include "atelier/inference/coarse_to_fine.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "atelier/image/resize.h"
#include "atelier/inference/detail/luma.h"

namespace atelier::inference {
namespace {

constexpr double kLeastGain = 1.2;  // a pass for less would only cost time
constexpr double kMostGain =
    2.4;  // from one canvas to the next: strokes of the sizes between must not be missing

float luma(const std::uint16_t* pixel) {
  return detail::luma(pixel[0], pixel[1], pixel[2]);
}

}  // namespace

std::vector<CanvasSize> plan_passes(int width, int height, float stroke, int stroke_side) {
  const int shorter = std::min(width, height);
  const double limit = stroke_side > 0 ? std::min(1.0, static_cast<double>(stroke_side) / shorter) : 1.0;
  const double coarsest = limit / static_cast<double>(stroke);
  const double finest = std::max(coarsest, std::min(1.0, 1 / static_cast<double>(stroke)));
  const auto scaled = [&](double scale) {
    const auto side = [&](int length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
    return CanvasSize{side(width), side(height)};
  };
  const double gain = finest / coarsest;
  if (gain < kLeastGain) return {scaled(finest)};
  std::vector<CanvasSize> passes;
  const int further = std::max(1, static_cast<int>(std::ceil(std::log(gain) / std::log(kMostGain))));
  for (int i = 0; i <= further; ++i)
    passes.push_back(scaled(coarsest * std::pow(gain, static_cast<double>(i) / further)));
  return passes;
}

Image finishing_scene(const Image& painting, const Image& coarser, const Image& scene,
                      const MaskPlane& lines) {
  Image next = resize(painting.to_depth(Depth::U16), scene.width(), scene.height());
  const Image sharp = scene.to_depth(Depth::U16);
  const Image soft = resize(coarser.to_depth(Depth::U16), scene.width(), scene.height());
  const std::span<std::uint16_t> to = next.rgb16();
  const std::span<const std::uint16_t> fine = sharp.rgb16(), coarse = soft.rgb16();
  for (std::size_t i = 0; i < scene.pixels(); ++i) {
    const float line = (luma(&fine[3 * i]) - luma(&coarse[3 * i])) * static_cast<float>(lines[i]) / 255;
    for (std::size_t c = 3 * i; c < 3 * i + 3; ++c)
      to[c] = static_cast<std::uint16_t>(std::clamp(static_cast<float>(to[c]) + line, 0.0f, 65535.0f) + 0.5f);
  }
  return next;
}

void lay_over(const Image& under, Image& pass) {
  const std::span<const std::uint16_t> below = under.rgb16();
  const std::span<std::uint16_t> above = pass.rgb16();
  for (std::size_t i = 0; i < above.size(); ++i)
    above[i] = static_cast<std::uint16_t>((std::uint32_t{above[i]} + below[i] + 1) / 2);
}

}  // namespace atelier::inference
