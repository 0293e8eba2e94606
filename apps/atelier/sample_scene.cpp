#include "sample_scene.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace atelier::cli {
namespace {

struct Colour {
  double r = 0, g = 0, b = 0;
};

Colour mix(const Colour& a, const Colour& b, double t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

Colour scaled(const Colour& c, double by) {
  return {c.r * by, c.g * by, c.b * by};
}

double rises(double value, double from, double to) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// Integers to 0..1, the same on every machine.
double speckle(int x, int y) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9e3779b1u + static_cast<std::uint32_t>(y) * 0x85ebca77u;
  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return static_cast<double>((h ^ (h >> 15)) >> 8) / 16777216.0;
}

double noise(double x, double y) {
  const double fx = std::floor(x), fy = std::floor(y);
  const int ix = static_cast<int>(fx), iy = static_cast<int>(fy);
  const double u = rises(x - fx, 0, 1), v = rises(y - fy, 0, 1);
  const double top = speckle(ix, iy) * (1 - u) + speckle(ix + 1, iy) * u;
  const double bottom = speckle(ix, iy + 1) * (1 - u) + speckle(ix + 1, iy + 1) * u;
  return top * (1 - v) + bottom * v;
}

double clouded(double x, double y) {
  return 0.55 * noise(x, y) + 0.3 * noise(2.1 * x + 7, 2.1 * y) + 0.15 * noise(4.3 * x, 4.3 * y + 3);
}

constexpr double kShore = 0.56;

Colour sky(double x, double y) {
  Colour colour = mix({0.22, 0.42, 0.68}, {0.98, 0.80, 0.58}, rises(y, 0.0, 0.5));
  const double sun = std::hypot((x - 0.68) * 1.33, y - 0.26);
  colour = mix({1.0, 0.90, 0.66}, colour, rises(sun, 0.02, 0.3));
  if (sun < 0.055) return {1.0, 0.97, 0.85};
  return mix(colour, {0.97, 0.93, 0.92}, 0.8 * rises(clouded(5 * x, 16 * y + 2), 0.52, 0.72));
}

double far_ridge(double x) {
  return 0.45 - 0.20 * std::exp(-std::pow((x - 0.33) / 0.15, 2)) -
         0.10 * std::exp(-std::pow((x - 0.80) / 0.18, 2)) - 0.03 * noise(14 * x, 1) - 0.01 * noise(50 * x, 5);
}

Colour beyond_the_lake(double x, double y) {
  const double near_hill = 0.525 - 0.035 * std::sin(7 * x + 0.6) - 0.012 * noise(40 * x, 9);
  if (y > near_hill) return scaled({0.20, 0.36, 0.27}, 0.75 + 0.5 * noise(60 * x, 60 * y));
  const double ridge = far_ridge(x);
  if (y < ridge) return sky(x, y);
  // Light falls from the sun's side; high up lies snow.
  const bool is_lit = far_ridge(x + 0.012) > ridge + 0.06 * (noise(24 * x, 20 * y) - 0.5);
  const bool has_snow = y < 0.315 + 0.05 * noise(30 * x, 4);
  if (has_snow) return is_lit ? Colour{0.97, 0.93, 0.90} : Colour{0.66, 0.70, 0.82};
  const Colour rock = is_lit ? Colour{0.62, 0.50, 0.50} : Colour{0.34, 0.36, 0.50};
  return mix(rock, {0.80, 0.70, 0.66}, 0.6 * rises(y, 0.34, 0.53));
}

Colour lake(double x, double y) {
  const double ripple = 0.012 * (noise(18 * x, 90 * y) - 0.5) * (1 + 6 * (y - kShore));
  const Colour mirrored = beyond_the_lake(x + ripple, std::max(0.02, 2 * kShore - y - 0.02 + 2 * ripple));
  const double glint = rises(noise(10 * x, 130 * y), 0.72, 0.9) * std::exp(-std::pow((x - 0.68) / 0.1, 2));
  return mix(mix(mirrored, {0.16, 0.30, 0.42}, 0.35), {1, 0.93, 0.75}, 0.8 * glint);
}

Colour meadow(double x, double y, double bank) {
  const double blades = 0.55 * noise(70 * x, 26 * y) + 0.45 * noise(160 * x, 60 * y);
  Colour ground =
      scaled(mix({0.30, 0.46, 0.15}, {0.62, 0.60, 0.22}, clouded(5 * x, 9 * y)), 0.6 + 0.65 * blades);
  const double path = std::abs(x - 0.60 - 0.25 * (y - 0.75) - 0.03 * std::sin(16 * y));
  ground = mix({0.80, 0.68, 0.48}, ground, rises(path, 0.1 * (y - 0.72), 0.14 * (y - 0.70)));
  const bool has_flower =
      y > bank + 0.03 && speckle(static_cast<int>(95 * x), static_cast<int>(75 * y)) > 0.965;
  if (!has_flower) return ground;
  return x < 0.5 ? Colour{0.93, 0.30, 0.24} : Colour{0.97, 0.88, 0.42};
}

bool draw_house(double x, double y, Colour& colour) {
  const double u = (x - 0.735) / 0.17, v = (y - 0.60) / 0.15;
  if (v >= -0.55 && v < 0 && std::abs(u - 0.5) < 0.62 * (v + 0.62) / 0.62) {
    colour = scaled({0.72, 0.24, 0.16}, u > 0.5 ? 0.78 : 1.0 + 0.1 * noise(90 * x, 120 * y));
    return true;
  }
  if (u < 0 || u >= 1 || v < 0 || v >= 1) return false;
  const bool is_window = std::abs(v - 0.42) < 0.17 && std::abs(std::fmod(u * 3, 1.0) - 0.5) < 0.24;
  const bool is_door = std::abs(u - 0.5) < 0.1 && v > 0.3;
  colour = is_door     ? Colour{0.35, 0.20, 0.13}
           : is_window ? Colour{0.18, 0.22, 0.32}
                       : Colour{0.93, 0.88, 0.78};
  if (u > 0.94) colour = scaled(colour, 0.8);
  return true;
}

bool draw_tree(double x, double y, Colour& colour) {
  const double trunk = std::abs(x - 0.165 - 0.012 * std::sin(9 * y));
  const double crown = std::hypot((x - 0.16) / 0.150, (y - 0.36) / 0.235);
  const double edge = crown + 0.55 * (clouded(13 * x, 13 * y) - 0.5) + 0.25 * (noise(48 * x, 48 * y) - 0.5);
  if (edge < 0.95) {
    const double light = rises(x - 0.6 * (y - 0.36), 0.05, 0.27);
    const double leaves = 0.65 + 0.7 * noise(52 * x, 52 * y);
    colour = scaled(mix({0.13, 0.26, 0.12}, {0.56, 0.57, 0.17}, light), leaves);
    return true;
  }
  if (y > 0.45 && y < 0.86 && trunk < 0.013 + 0.02 * rises(y, 0.74, 0.88)) {
    colour = scaled({0.34, 0.23, 0.15}, x > 0.165 ? 1.35 : 0.8 + 0.3 * noise(120 * x, 30 * y));
    return true;
  }
  return false;
}

Colour colour_at(double x, double y) {
  Colour colour;
  const double bank = 0.735 - 0.05 * std::sin(3.2 * x + 0.4) + 0.006 * noise(40 * x, 3);
  if (draw_tree(x, y, colour) || draw_house(x, y, colour)) return colour;
  if (y > bank) return meadow(x, y, bank);
  return y > kShore ? lake(x, y) : beyond_the_lake(x, y);
}

}  // namespace

Image sample_scene(int width, int height) {
  Image scene(width, height);
  const auto rgb = scene.rgb8();
  std::size_t at = 0;
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      // Four looks a pixel, so that edges are smooth.
      Colour sum;
      for (const double dy : {0.25, 0.75}) {
        for (const double dx : {0.25, 0.75}) {
          const Colour c = colour_at((column + dx) / width, (row + dy) / height);
          sum = {sum.r + c.r / 4, sum.g + c.g / 4, sum.b + c.b / 4};
        }
      }
      for (const double level : {sum.r, sum.g, sum.b}) {
        rgb[at++] = static_cast<std::uint8_t>(std::clamp(level, 0.0, 1.0) * 255 + 0.5);
      }
    }
  }
  return scene;
}

}  // namespace atelier::cli
