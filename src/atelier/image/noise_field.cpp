#include "atelier/image/noise_field.h"

#include <algorithm>
#include <cmath>

namespace atelier {
namespace {

constexpr std::uint64_t kCanvasSeed = 20;
constexpr float kFineStep = 1.2f, kCoarseStep = 6;

// A number that looks random for every point of the lattice (splitmix64, Steele et al. 2014).
std::uint64_t hash(std::uint64_t seed, std::int64_t x, std::int64_t y) {
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

}  // namespace

NoiseField::Place NoiseField::place(std::int64_t pixel, float step) {
  const double at = (static_cast<double>(pixel) + 0.5) / static_cast<double>(step), whole = std::floor(at);
  const auto t = static_cast<float>(at - whole), u = 1 - t;
  Place place{static_cast<std::int64_t>(whole) - 1,
              {u * u * u / 6, (4 - 6 * t * t + 3 * t * t * t) / 6, (4 - 6 * u * u + 3 * u * u * u) / 6,
               t * t * t / 6}};
  float squares = 0;
  for (const float weight : place.weight) squares += weight * weight;
  for (float& weight : place.weight) weight /= std::sqrt(squares);
  return place;
}

NoiseField::NoiseField(std::uint64_t seed, float step, std::int64_t x, std::size_t width)
    : seed_(seed), step_(step) {
  for (std::size_t i = 0; i < width; ++i) columns_.push_back(place(x + static_cast<std::int64_t>(i), step));
}

void NoiseField::add_row(std::int64_t y, float amplitude, std::span<float> values) const {
  if (columns_.empty()) return;
  const Place row = place(y, step_);
  const std::int64_t left = columns_.front().first;
  std::vector<float> line(static_cast<std::size_t>(columns_.back().first + kTaps - left));
  for (std::int64_t tap = 0; tap < kTaps; ++tap) {
    const float weight = amplitude * row.weight[static_cast<std::size_t>(tap)];
    for (std::size_t i = 0; i < line.size(); ++i)
      line[i] += weight * gaussian(hash(seed_, left + static_cast<std::int64_t>(i), row.first + tap));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Place& column = columns_[i];
    const float* own = line.data() + (column.first - left);
    for (std::size_t tap = 0; tap < kTaps; ++tap) values[i] += column.weight[tap] * own[tap];
  }
}

Canvas::Canvas(std::int64_t x, std::size_t width)
    : fine_(kCanvasSeed, kFineStep, x, width), coarse_(kCanvasSeed + 1, kCoarseStep, x, width) {}

void Canvas::row(std::int64_t y, std::span<float> values) const {
  const float share = std::sqrt(0.5f);
  std::fill(values.begin(), values.end(), 0.0f);
  fine_.add_row(y, share, values);
  coarse_.add_row(y, share, values);
}

}  // namespace atelier
