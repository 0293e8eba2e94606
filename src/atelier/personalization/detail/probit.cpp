#include "atelier/personalization/detail/probit.h"

#include <cmath>
#include <numbers>

namespace atelier::personalization::detail {
namespace {

const double kLogSqrtTwoPi = 0.5 * std::log(2 * std::numbers::pi);

double log_normal_density(double x) {
  return -0.5 * x * x - kLogSqrtTwoPi;
}

}  // namespace

double normal_density(double x) {
  return std::exp(log_normal_density(x));
}

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

double log_normal_cdf(double x) {
  // erfc underflows near -38; Mills' ratio is exact to rounding well before that.
  if (x > -30) return std::log(normal_cdf(x));
  const double inverse = 1 / (x * x);
  return log_normal_density(x) - std::log(-x) + std::log1p(-inverse * (1 - inverse * (3 - inverse * 15)));
}

LogLikelihood log_win(double d, double width) {
  const double t = d - width;
  const double value = log_normal_cdf(t);
  const double hazard = std::exp(log_normal_density(t) - value);
  return {value, hazard, -hazard * (t + hazard)};
}

LogLikelihood log_tie(double d, double width) {
  // By symmetry only the side where the two tails are small numbers is computed.
  if (d < 0) {
    const LogLikelihood mirrored = log_tie(-d, width);
    return {mirrored.value, -mirrored.first, mirrored.second};
  }
  const double near = width - d, far = -width - d;
  const double log_near = log_normal_cdf(near), log_far = log_normal_cdf(far);
  const double value = log_near + std::log1p(-std::exp(log_far - log_near));
  const double density_near = std::exp(log_normal_density(near) - value);
  const double density_far = std::exp(log_normal_density(far) - value);
  const double first = density_far - density_near;
  const double second = far * density_far - near * density_near - first * first;
  return {value, first, second < 0 ? second : 0};
}

}  // namespace atelier::personalization::detail
