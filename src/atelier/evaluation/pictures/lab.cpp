#include "atelier/evaluation/pictures/lab.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace atelier::evaluation {
namespace {

double linear(double v) {
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

double lab_root(double t) {
  constexpr double kDelta = 6.0 / 29.0;
  return t > kDelta * kDelta * kDelta ? std::cbrt(t) : t / (3 * kDelta * kDelta) + 4.0 / 29.0;
}

double degrees(double radians) {
  return radians * 180 / std::numbers::pi;
}
double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

double hue(double a, double b) {
  if (a == 0 && b == 0) return 0;
  const double angle = degrees(std::atan2(b, a));
  return angle < 0 ? angle + 360 : angle;
}

double to_the_7th_root_share(double chroma) {
  const double seventh = std::pow(chroma, 7);
  return std::sqrt(seventh / (seventh + std::pow(25.0, 7)));
}

}  // namespace

Lab lab_of(double red, double green, double blue) {
  const double r = linear(red), g = linear(green), b = linear(blue);
  const double x = lab_root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const double y = lab_root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = lab_root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double delta_e_2000(const Lab& first, const Lab& second) {
  const double mean_chroma = (std::hypot(first[1], first[2]) + std::hypot(second[1], second[2])) / 2;
  const double g = 0.5 * (1 - to_the_7th_root_share(mean_chroma));
  const double a1 = (1 + g) * first[1], a2 = (1 + g) * second[1];
  const double c1 = std::hypot(a1, first[2]), c2 = std::hypot(a2, second[2]);
  const double h1 = hue(a1, first[2]), h2 = hue(a2, second[2]);
  const bool grey = c1 * c2 == 0;

  double turn = grey ? 0 : h2 - h1;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  double mean_hue = h1 + h2;
  if (!grey) {
    if (std::abs(h1 - h2) > 180) mean_hue += mean_hue < 360 ? 360 : -360;
    mean_hue /= 2;
  }
  const double dl = second[0] - first[0], dc = c2 - c1;
  const double dh = 2 * std::sqrt(c1 * c2) * std::sin(radians(turn) / 2);

  const double light = (first[0] + second[0]) / 2 - 50, chroma = (c1 + c2) / 2;
  const double t = 1 - 0.17 * std::cos(radians(mean_hue - 30)) + 0.24 * std::cos(radians(2 * mean_hue)) +
                   0.32 * std::cos(radians(3 * mean_hue + 6)) - 0.20 * std::cos(radians(4 * mean_hue - 63));
  const double sl = 1 + 0.015 * light * light / std::sqrt(20 + light * light);
  const double sc = 1 + 0.045 * chroma, sh = 1 + 0.015 * chroma * t;
  const double around = (mean_hue - 275) / 25;
  const double rotation =
      -2 * to_the_7th_root_share(chroma) * std::sin(radians(60 * std::exp(-around * around)));
  const double l = dl / sl, c = dc / sc, h = dh / sh;
  return std::sqrt(std::max(0.0, l * l + c * c + h * h + rotation * c * h));
}

LabGrid lab_grid(const Image& picture, int side) {
  const std::vector<float> rgb = picture.to_planar();
  LabGrid grid{std::min(side, picture.width()), std::min(side, picture.height()), {}};
  for (int cy = 0; cy < grid.height; ++cy) {
    const int top = cy * picture.height() / grid.height, bottom = (cy + 1) * picture.height() / grid.height;
    for (int cx = 0; cx < grid.width; ++cx) {
      const int left = cx * picture.width() / grid.width, right = (cx + 1) * picture.width() / grid.width;
      std::array<double, 3> sum{};
      for (std::size_t c = 0; c < 3; ++c) {
        for (int y = top; y < bottom; ++y) {
          const float* row = rgb.data() + c * picture.pixels() +
                             static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width());
          for (int x = left; x < right; ++x) sum[c] += row[x];
        }
      }
      const double count = static_cast<double>(bottom - top) * (right - left);
      grid.cells.push_back(lab_of(sum[0] / count, sum[1] / count, sum[2] / count));
    }
  }
  return grid;
}

}  // namespace atelier::evaluation
