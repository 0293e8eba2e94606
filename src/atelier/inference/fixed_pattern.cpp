#include "atelier/inference/fixed_pattern.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "atelier/inference/detail/luma.h"

namespace atelier::inference {
namespace {

constexpr int kPatternPeriod = 4;
constexpr int kMeanReach = 4;      // periods to either side that a mean looks at, twice over
constexpr int kFewestPixels = 64;  // a shorter side has too few periods to tell a pattern by

/// One value a pixel, row-major; sides are whole periods.
struct Plane {
  Plane(int w, int h)
      : width((w + kPatternPeriod - 1) / kPatternPeriod * kPatternPeriod),
        height((h + kPatternPeriod - 1) / kPatternPeriod * kPatternPeriod),
        values(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

  std::span<float> row(int y) {
    const auto length = static_cast<std::size_t>(width);
    return std::span(values).subspan(static_cast<std::size_t>(y) * length, length);
  }

  int width, height;
  std::vector<float> values;
};

// Beyond the picture its last pixels go on.
Plane luma_plane(const Image& picture) {
  Plane plane(picture.width(), picture.height());
  const std::span<const std::uint16_t> samples = picture.rgb16();
  for (int y = 0; y < plane.height; ++y) {
    const auto row = static_cast<std::size_t>(std::min(y, picture.height() - 1)) *
                     static_cast<std::size_t>(picture.width());
    const std::span<float> to = plane.row(y);
    for (int x = 0; x < plane.width; ++x) {
      const auto* pixel = &samples[3 * (row + static_cast<std::size_t>(std::min(x, picture.width() - 1)))];
      to[static_cast<std::size_t>(x)] = detail::luma(pixel[0], pixel[1], pixel[2]);
    }
  }
  return plane;
}

// Means over one period of five lines that follow each other, both ends by half so that it has a
// middle.
void period_means(const float* a, const float* b, const float* c, const float* d, const float* e, float* mean,
                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    mean[i] = (0.5f * (a[i] + e[i]) + b[i] + c[i] + d[i]) / kPatternPeriod;
}

// Takes the mean over one period in both directions from every value: no pattern is part of it.
void keep_fine_structure(Plane& plane) {
  constexpr std::size_t kSide = kPatternPeriod / 2;
  const auto width = static_cast<std::size_t>(plane.width);
  Plane smooth(plane.width, plane.height);
  std::vector<float> line(width + 2 * kSide);
  for (int y = 0; y < plane.height; ++y) {
    const std::span<const float> row = plane.row(y);
    std::copy(row.begin(), row.end(), line.begin() + kSide);
    std::fill_n(line.begin(), kSide, row.front());
    std::fill_n(line.end() - kSide, kSide, row.back());
    const float* at = line.data();
    period_means(at, at + 1, at + 2, at + 3, at + 4, smooth.row(y).data(), width);
  }
  std::vector<float> mean(width);
  for (int y = 0; y < plane.height; ++y) {
    const auto at = [&](int i) { return smooth.row(std::clamp(i, 0, plane.height - 1)).data(); };
    period_means(at(y - 2), at(y - 1), at(y), at(y + 1), at(y + 2), mean.data(), width);
    const std::span<float> row = plane.row(y);
    for (std::size_t x = 0; x < width; ++x) row[x] -= mean[x];
  }
}

// Replaces every period, `length` values, by the mean of the periods up to kMeanReach before and after it.
void average_periods(std::span<float> values, std::size_t length) {
  const std::vector<float> from(values.begin(), values.end());
  const auto count = static_cast<int>(values.size() / length);
  std::vector<float> sum(length);
  int seen = 0;
  const auto add = [&](int period, float sign) {
    if (period < 0 || period >= count) return;
    const float* at = from.data() + static_cast<std::size_t>(period) * length;
    for (std::size_t i = 0; i < length; ++i) sum[i] += sign * at[i];
    seen += sign > 0 ? 1 : -1;
  };
  for (int period = 0; period < kMeanReach; ++period) add(period, 1);
  for (int period = 0; period < count; ++period) {
    add(period + kMeanReach, 1);
    add(period - kMeanReach - 1, -1);
    float* to = values.data() + static_cast<std::size_t>(period) * length;
    for (std::size_t i = 0; i < length; ++i) to[i] = sum[i] / static_cast<float>(seen);
  }
}

void average_over_periods(Plane& plane) {
  average_periods(plane.values, kPatternPeriod * static_cast<std::size_t>(plane.width));
  for (int y = 0; y < plane.height; ++y) average_periods(plane.row(y), kPatternPeriod);
}

}  // namespace

void remove_fixed_pattern(Image& painting) {
  if (std::min(painting.width(), painting.height()) < kFewestPixels) return;
  Plane pattern = luma_plane(painting);
  keep_fine_structure(pattern);
  average_over_periods(pattern);
  average_over_periods(pattern);
  const std::span<std::uint16_t> samples = painting.rgb16();
  auto* sample = samples.data();
  for (int y = 0; y < painting.height(); ++y) {
    const std::span<const float> row = pattern.row(y);
    for (int x = 0; x < painting.width(); ++x) {
      for (int channel = 0; channel < 3; ++channel, ++sample) {
        const float value = static_cast<float>(*sample) - row[static_cast<std::size_t>(x)];
        *sample = static_cast<std::uint16_t>(std::clamp(value, 0.0f, 65535.0f) + 0.5f);
      }
    }
  }
}

}  // namespace atelier::inference
