#include "atelier/inference/grain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace atelier::inference {
namespace {

constexpr float kDeviation = 0.1f;  // of full scale, in the middle tones at strength 1
constexpr float kWidth = 1.5f;      // a cubic B-spline is half as high as its peak over 1.45 steps
constexpr std::ptrdiff_t kTaps = 4;

// A number that looks random for every point of the lattice (splitmix64, Steele et al. 2014).
std::uint64_t hash(std::uint64_t seed, std::ptrdiff_t x, std::ptrdiff_t y) {
  std::uint64_t z = seed * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(x) * 0xbf58476d1ce4e5b9u +
                    static_cast<std::uint64_t>(y) * 0x94d049bb133111ebu;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// Nearly Gaussian with variance 1: four uniform numbers.
float gaussian(std::uint64_t bits) {
  float sum = 0;
  for (int i = 0; i < 4; ++i, bits >>= 16) sum += static_cast<float>(bits & 0xffff) / 65535.0f;
  return (sum - 2) * std::sqrt(3.0f);
}

struct Place {
  std::ptrdiff_t first;             // of four neighbours on the lattice
  std::array<float, kTaps> weight;  // squares sum to 1: the variance is the same everywhere
};

Place place(std::size_t pixel, float step) {
  const float at = (static_cast<float>(pixel) + 0.5f) / step;
  const float whole = std::floor(at), t = at - whole, u = 1 - t;
  Place place{static_cast<std::ptrdiff_t>(whole) - 1,
              {u * u * u / 6, (4 - 6 * t * t + 3 * t * t * t) / 6, (4 - 6 * u * u + 3 * u * u * u) / 6,
               t * t * t / 6}};
  float squares = 0;
  for (const float weight : place.weight) squares += weight * weight;
  for (float& weight : place.weight) weight /= std::sqrt(squares);
  return place;
}

template <typename Sample>
void add(std::span<Sample> rgb, std::size_t width, std::size_t height, const Grain& grain, float full) {
  const float step = grain.size / kWidth;
  std::vector<Place> columns;
  for (std::size_t x = 0; x < width; ++x) columns.push_back(place(x, step));
  const std::ptrdiff_t left = columns.front().first;
  const auto points = static_cast<std::size_t>(columns.back().first - left + kTaps);
  std::vector<float> line(points);
  for (std::size_t y = 0; y < height; ++y) {
    const Place row = place(y, step);
    std::fill(line.begin(), line.end(), 0.0f);
    for (std::ptrdiff_t tap = 0; tap < kTaps; ++tap) {
      for (std::size_t i = 0; i < points; ++i) {
        line[i] += row.weight[static_cast<std::size_t>(tap)] *
                   gaussian(hash(grain.seed, left + static_cast<std::ptrdiff_t>(i), row.first + tap));
      }
    }
    Sample* pixel = rgb.data() + 3 * y * width;
    for (std::size_t x = 0; x < width; ++x, pixel += 3) {
      const float* own = line.data() + (columns[x].first - left);
      float noise = 0;
      for (std::size_t tap = 0; tap < kTaps; ++tap) noise += columns[x].weight[tap] * own[tap];
      const float luma = (0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]) / full;
      const float step_of_tone = noise * grain.strength * kDeviation * 4 * luma * (1 - luma) * full;
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
