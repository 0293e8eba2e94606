#include "atelier/style/interpolation.h"

#include <cmath>

#include "atelier/core/error.h"
#include "atelier/style/blend.h"

namespace atelier::style {
namespace {

constexpr int kMostSteps = 1000;
constexpr int kPointsAStep = 4;

double length_between(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

}  // namespace

std::vector<PathStep> even_path(const StyleCode& a, const StyleCode& b, int steps, const StyleLook& look) {
  if (steps < 2 || steps > kMostSteps) {
    throw Error(ErrorCode::Usage, "style.steps",
                "a way between two styles has 2.." + std::to_string(kMostSteps) + " steps, not " +
                    std::to_string(steps));
  }
  const int pieces = (steps - 1) * kPointsAStep;
  std::vector<double> travelled = {0};
  std::vector<double> before = look(interpolate(a, b, 0));
  for (int i = 1; i <= pieces; ++i) {
    std::vector<double> here = look(interpolate(a, b, static_cast<double>(i) / pieces));
    travelled.push_back(travelled.back() + length_between(before, here));
    before = std::move(here);
  }
  const double total = travelled.back();
  std::vector<PathStep> path;
  std::size_t piece = 0;
  for (int i = 0; i < steps; ++i) {
    double t = static_cast<double>(i) / (steps - 1);
    if (total > 0 && i > 0 && i < steps - 1) {
      const double target = t * total;
      while (travelled[piece + 1] < target) ++piece;
      const double inside = (target - travelled[piece]) / (travelled[piece + 1] - travelled[piece]);
      t = (static_cast<double>(piece) + inside) / pieces;
    }
    path.push_back({.t = t, .code = interpolate(a, b, t), .distance = i == 0 ? 0 : total / (steps - 1)});
  }
  return path;
}

std::vector<PathStep> even_path(const StyleCode& a, const StyleCode& b, int steps, const StyleSpace& space) {
  return even_path(a, b, steps, [&](const StyleCode& code) { return space.project(code); });
}

}  // namespace atelier::style
