#include "atelier/evaluation/pictures/seam_meter.h"

#include <cmath>

namespace atelier::evaluation {

std::optional<double> SeamMeter::operator()(const Plane& luma, int side) const {
  double at_seams = 0, elsewhere = 0;
  std::size_t seams = 0, others = 0;
  const auto add = [&](bool seam, float difference) {
    (seam ? at_seams : elsewhere) += std::abs(difference);
    ++(seam ? seams : others);
  };
  for (int y = 0; y < luma.height; ++y) {
    for (int x = 1; x < luma.width; ++x) add(x % side == 0, luma.at(x, y) - luma.at(x - 1, y));
  }
  for (int y = 1; y < luma.height; ++y) {
    for (int x = 0; x < luma.width; ++x) add(y % side == 0, luma.at(x, y) - luma.at(x, y - 1));
  }
  if (seams == 0 || others == 0 || elsewhere <= 0) return std::nullopt;
  return (at_seams / static_cast<double>(seams)) / (elsewhere / static_cast<double>(others));
}

}  // namespace atelier::evaluation
