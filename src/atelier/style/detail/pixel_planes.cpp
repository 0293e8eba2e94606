#include "atelier/style/detail/pixel_planes.h"

#include <algorithm>
#include <cmath>

namespace atelier::style::detail {
namespace {

/// One new sample as a weighted sum of old ones.
struct Tap {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Tap> taps_for(int from, int to) {
  std::vector<Tap> taps(static_cast<std::size_t>(to));
  const double ratio = static_cast<double>(from) / to;
  for (int i = 0; i < to; ++i) {
    Tap& tap = taps[static_cast<std::size_t>(i)];
    if (to > from) {
      const double centre = std::clamp((i + 0.5) * ratio - 0.5, 0.0, from - 1.0);
      tap.first = std::min(static_cast<int>(centre), std::max(0, from - 2));
      const auto t = static_cast<float>(centre - tap.first);
      tap.weights = from == 1 ? std::vector<float>{1} : std::vector<float>{1 - t, t};
      continue;
    }
    const double begin = i * ratio, end = (i + 1) * ratio;
    tap.first = static_cast<int>(begin);
    for (int k = tap.first; k < from && k < end; ++k) {
      const double covered = std::min<double>(end, k + 1) - std::max<double>(begin, k);
      tap.weights.push_back(static_cast<float>(std::max(0.0, covered) / ratio));
    }
  }
  return taps;
}

int mirrored(int i, int size) {
  while (i < 0 || i >= size) i = i < 0 ? -i - 1 : 2 * size - 1 - i;
  return i;
}

template <typename Choose>
Plane extreme(const Plane& plane, int radius, Choose choose) {
  Plane rows(plane.height, plane.width), out(plane.height, plane.width);
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      float value = plane.at(y, x);
      for (int k = std::max(0, x - radius); k <= std::min(plane.width - 1, x + radius); ++k) {
        value = choose(value, plane.at(y, k));
      }
      rows.at(y, x) = value;
    }
  }
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      float value = rows.at(y, x);
      for (int k = std::max(0, y - radius); k <= std::min(plane.height - 1, y + radius); ++k) {
        value = choose(value, rows.at(k, x));
      }
      out.at(y, x) = value;
    }
  }
  return out;
}

float linear_light(float srgb) {
  const float value = std::clamp(srgb, 0.0F, 1.0F);
  return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

float lab_curve(float t) {
  constexpr float kDelta = 6.0F / 29.0F;
  return t > kDelta * kDelta * kDelta ? std::cbrt(t) : t / (3 * kDelta * kDelta) + 4.0F / 29.0F;
}

}  // namespace

Plane resample(const Plane& plane, int height, int width) {
  const std::vector<Tap> across = taps_for(plane.width, width), down = taps_for(plane.height, height);
  Plane narrow(plane.height, width), out(height, width);
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Tap& tap = across[static_cast<std::size_t>(x)];
      float sum = 0;
      for (std::size_t k = 0; k < tap.weights.size(); ++k) {
        sum += tap.weights[k] * plane.at(y, tap.first + static_cast<int>(k));
      }
      narrow.at(y, x) = sum;
    }
  }
  for (int y = 0; y < height; ++y) {
    const Tap& tap = down[static_cast<std::size_t>(y)];
    for (std::size_t k = 0; k < tap.weights.size(); ++k) {
      for (int x = 0; x < width; ++x) {
        out.at(y, x) += tap.weights[k] * narrow.at(tap.first + static_cast<int>(k), x);
      }
    }
  }
  return out;
}

std::array<Plane, 3> to_lab(const std::array<Plane, 3>& rgb) {
  std::array<Plane, 3> lab = rgb;
  for (std::size_t i = 0; i < lab[0].values.size(); ++i) {
    const float r = linear_light(rgb[0].values[i]), g = linear_light(rgb[1].values[i]),
                b = linear_light(rgb[2].values[i]);
    const float x = lab_curve((0.4124564F * r + 0.3575761F * g + 0.1804375F * b) / 0.95047F);
    const float y = lab_curve(0.2126729F * r + 0.7151522F * g + 0.0721750F * b);
    const float z = lab_curve((0.0193339F * r + 0.1191920F * g + 0.9503041F * b) / 1.08883F);
    lab[0].values[i] = 116 * y - 16;
    lab[1].values[i] = 500 * (x - y);
    lab[2].values[i] = 200 * (y - z);
  }
  return lab;
}

Plane blur(const Plane& plane, double sigma) {
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> kernel;
  double total = 0;
  for (int k = -radius; k <= radius; ++k) total += std::exp(-0.5 * k * k / (sigma * sigma));
  for (int k = -radius; k <= radius; ++k) {
    kernel.push_back(static_cast<float>(std::exp(-0.5 * k * k / (sigma * sigma)) / total));
  }
  Plane rows(plane.height, plane.width), out(plane.height, plane.width);
  std::vector<float> padded(static_cast<std::size_t>(plane.width + 2 * radius));
  for (int y = 0; y < plane.height; ++y) {
    for (int x = -radius; x < plane.width + radius; ++x) {
      padded[static_cast<std::size_t>(x + radius)] = plane.at(y, mirrored(x, plane.width));
    }
    float* const row = &rows.at(y, 0);
    for (std::size_t k = 0; k < kernel.size(); ++k) {
      for (int x = 0; x < plane.width; ++x) row[x] += kernel[k] * padded[static_cast<std::size_t>(x) + k];
    }
  }
  for (int y = 0; y < plane.height; ++y) {
    float* const target = &out.at(y, 0);
    for (int k = -radius; k <= radius; ++k) {
      const float weight = kernel[static_cast<std::size_t>(k + radius)];
      const float* const row = &rows.values[static_cast<std::size_t>(mirrored(y + k, plane.height)) *
                                            static_cast<std::size_t>(plane.width)];
      for (int x = 0; x < plane.width; ++x) target[x] += weight * row[x];
    }
  }
  return out;
}

Gradient gradient(const Plane& plane) {
  Gradient g{.dx = Plane(plane.height, plane.width), .dy = Plane(plane.height, plane.width)};
  for (int y = 0; y < plane.height; ++y) {
    const int above = std::max(0, y - 1), below = std::min(plane.height - 1, y + 1);
    for (int x = 0; x < plane.width; ++x) {
      const int left = std::max(0, x - 1), right = std::min(plane.width - 1, x + 1);
      g.dx.at(y, x) =
          (plane.at(y, right) - plane.at(y, left)) / static_cast<float>(std::max(1, right - left));
      g.dy.at(y, x) =
          (plane.at(below, x) - plane.at(above, x)) / static_cast<float>(std::max(1, below - above));
    }
  }
  return g;
}

Plane erode(const Plane& plane, int radius) {
  return extreme(plane, radius, [](float a, float b) { return std::min(a, b); });
}

Plane dilate(const Plane& plane, int radius) {
  return extreme(plane, radius, [](float a, float b) { return std::max(a, b); });
}

std::vector<Block> blocks_of(const Plane& plane, int side) {
  const int down = std::max(1, plane.height / side), across = std::max(1, plane.width / side);
  std::vector<Block> blocks;
  for (int i = 0; i < down; ++i) {
    for (int j = 0; j < across; ++j) {
      blocks.push_back({.y0 = plane.height * i / down,
                        .y1 = plane.height * (i + 1) / down,
                        .x0 = plane.width * j / across,
                        .x1 = plane.width * (j + 1) / across});
    }
  }
  return blocks;
}

}  // namespace atelier::style::detail
