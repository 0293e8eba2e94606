#include "atelier/mapping/detail/drawn_content.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace atelier::mapping {
namespace {

using Colour = std::array<double, 3>;

struct Shape {
  bool disc = false;
  double x = 0, y = 0, size = 0, slant = 0, stretch = 1;
  Colour colour{};
};

}  // namespace

std::vector<float> drawn_content(int side, std::uint64_t seed) {
  std::mt19937_64 random(seed * 0x9e3779b97f4a7c15u + 1);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  const auto colour = [&] { return Colour{uniform(0.05, 0.95), uniform(0.05, 0.95), uniform(0.05, 0.95)}; };
  const Colour sky_top = colour(), sky_low = colour(), ground_near = colour(), ground_far = colour();
  const double horizon = uniform(0.35, 0.7), wave = uniform(0, 0.08), wave_length = uniform(2, 9),
               grain = uniform(0.01, 0.06);
  std::vector<Shape> shapes;
  for (int i = static_cast<int>(uniform(4, 10)); i > 0; --i) {
    shapes.push_back({.disc = uniform(0, 1) < 0.5,
                      .x = uniform(0, 1),
                      .y = uniform(0.15, 1),
                      .size = uniform(0.05, 0.22),
                      .slant = uniform(-0.6, 0.6),
                      .stretch = uniform(0.5, 2),
                      .colour = colour()});
  }
  const auto blend = [](const Colour& a, const Colour& b, double t) {
    return Colour{a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])};
  };
  const auto pixels = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  std::vector<float> planes(3 * pixels);
  for (std::size_t p = 0; p < pixels; ++p) {
    const double x = static_cast<double>(p % static_cast<std::size_t>(side)) / side;
    const double y = static_cast<double>(p / static_cast<std::size_t>(side)) / side;
    const double line = horizon + wave * std::sin(wave_length * x * 2 * M_PI);
    Colour here = y < line ? blend(sky_top, sky_low, y / line)
                           : blend(ground_far, ground_near, (y - line) / (1 - line));
    for (const Shape& s : shapes) {
      const double dx = (x - s.x - s.slant * (y - s.y)) / s.size, dy = (y - s.y) / (s.size * s.stretch);
      const double reach = s.disc ? dx * dx + dy * dy : std::max(dx * dx, dy * dy);
      // Lit from the upper left, so that bodies have light and dark sides.
      if (reach < 1) here = blend(s.colour, Colour{0, 0, 0}, std::clamp(0.25 + 0.3 * (dx + dy), 0.0, 0.8));
    }
    const double speck = grain * (uniform(-1, 1) + uniform(-1, 1));
    for (std::size_t c = 0; c < 3; ++c)
      planes[c * pixels + p] = static_cast<float>(std::clamp(here[c] + speck, 0.0, 1.0));
  }
  return planes;
}

}  // namespace atelier::mapping
