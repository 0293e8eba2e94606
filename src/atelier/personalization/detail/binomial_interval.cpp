#include "atelier/personalization/detail/binomial_interval.h"

#include <cmath>
#include <limits>

namespace atelier::personalization::detail {
namespace {

// The continued fraction of the incomplete beta function by the method of Lentz; converges fast for x below
// the mean.
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m <= 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    result *= d * c;
    if (std::abs(d * c - 1) < 4 * std::numeric_limits<double>::epsilon()) break;
  }
  return result;
}

}  // namespace

double beta_cdf(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double beta_quantile(double probability, double a, double b) {
  double low = 0, high = 1;
  for (int step = 0; step < 200; ++step) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    (beta_cdf(middle, a, b) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

double binomial_lower(std::int64_t hits, std::int64_t trials, double miss) {
  if (hits <= 0) return 0;
  return beta_quantile(miss, static_cast<double>(hits), static_cast<double>(trials - hits + 1));
}

double binomial_upper(std::int64_t hits, std::int64_t trials, double miss) {
  if (hits >= trials) return 1;
  return beta_quantile(1 - miss, static_cast<double>(hits + 1), static_cast<double>(trials - hits));
}

}  // namespace atelier::personalization::detail
