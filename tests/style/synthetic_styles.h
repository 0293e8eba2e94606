#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "atelier/style/style_code.h"

namespace atelier::test {

/// Planar RGB in [0,1] with its size.
struct PlanarPicture {
  int height = 0, width = 0;
  std::vector<float> planes;
};

struct PlanarColour {
  double r = 0, g = 0, b = 0;
};

/// A picture by its colour at (x, y), both 0..1.
inline PlanarPicture draw(int height, int width, const std::function<PlanarColour(double, double)>& colour) {
  const std::size_t pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  PlanarPicture picture{.height = height, .width = width, .planes = std::vector<float>(3 * pixels)};
  std::size_t at = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x, ++at) {
      const PlanarColour c = colour((x + 0.5) / width, (y + 0.5) / height);
      picture.planes[at] = static_cast<float>(c.r);
      picture.planes[pixels + at] = static_cast<float>(c.g);
      picture.planes[2 * pixels + at] = static_cast<float>(c.b);
    }
  }
  return picture;
}

/// The same from a grey level.
inline PlanarPicture draw_grey(int height, int width, const std::function<double(double, double)>& level) {
  return draw(height, width, [&](double x, double y) {
    const double v = std::clamp(level(x, y), 0.0, 1.0);
    return PlanarColour{v, v, v};
  });
}

/// Uniform in [-1, 1), the same on every machine.
inline float symmetric(std::mt19937& random) {
  return static_cast<float>(static_cast<double>(random()) * 0x1p-31 - 1);
}

/// Codes of a made-up space of 12 numbers around three centres, 20 each, with first numbers that mean
/// something.
inline std::vector<StyleCode> three_families() {
  std::mt19937 random(5);
  std::vector<StyleCode> codes;
  for (int i = 0; i < 60; ++i) {
    StyleCode code{.space = "families", .values = std::vector<float>(12)};
    for (float& value : code.values) value = 0.3f * symmetric(random);
    code.values[static_cast<std::size_t>(i % 3)] += 3;
    codes.push_back(std::move(code));
  }
  return codes;
}

}  // namespace atelier::test
