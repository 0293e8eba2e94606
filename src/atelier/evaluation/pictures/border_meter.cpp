#include "atelier/evaluation/pictures/border_meter.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace atelier::evaluation {
namespace {

struct Box {
  int left, top, right, bottom;
};

Plane gradient_of(const Plane& plane) {
  Plane result = plane;
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      const float dx = plane.at(std::min(x + 1, plane.width - 1), y) - plane.at(x, y);
      const float dy = plane.at(x, std::min(y + 1, plane.height - 1)) - plane.at(x, y);
      result.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) +
                    static_cast<std::size_t>(x)] = std::abs(dx) + std::abs(dy);
    }
  }
  return result;
}

double mean_in(const Plane& plane, const Box& box) {
  double sum = 0;
  for (int y = box.top; y < box.bottom; ++y) {
    for (int x = box.left; x < box.right; ++x) sum += plane.at(x, y);
  }
  return sum / (static_cast<double>(box.right - box.left) * (box.bottom - box.top));
}

// Outer band minus the two bands behind it, on the left, top, right and bottom.
std::array<double, 4> steps(const Plane& plane) {
  constexpr int kBand = BorderMeter::kBand;
  const int w = plane.width, h = plane.height;
  return {mean_in(plane, {0, 0, kBand, h}) - mean_in(plane, {kBand, 0, 3 * kBand, h}),
          mean_in(plane, {0, 0, w, kBand}) - mean_in(plane, {0, kBand, w, 3 * kBand}),
          mean_in(plane, {w - kBand, 0, w, h}) - mean_in(plane, {w - 3 * kBand, 0, w - kBand, h}),
          mean_in(plane, {0, h - kBand, w, h}) - mean_in(plane, {0, h - 3 * kBand, w, h - kBand})};
}

double mean_miss(const Plane& painting, const Plane& photo) {
  const std::array<double, 4> a = steps(painting), b = steps(photo);
  double sum = 0;
  for (std::size_t side = 0; side < 4; ++side) sum += std::abs(a[side] - b[side]);
  return sum / 4;
}

}  // namespace

std::optional<double> BorderMeter::operator()(const Plane& painting, const Plane& photo) const {
  require_same_size(painting, photo);
  if (std::min(painting.width, painting.height) < 6 * kBand) return std::nullopt;
  return mean_miss(painting, photo) + mean_miss(gradient_of(painting), gradient_of(photo));
}

}  // namespace atelier::evaluation
