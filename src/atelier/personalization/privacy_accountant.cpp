#include "atelier/personalization/privacy_accountant.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

constexpr int kFirstOrder = 2;
constexpr int kLastOrder = 256;
constexpr double kMaxEpsilon = 100;

void require(bool good, const char* name, double value) {
  if (good) return;
  throw Error(
      ErrorCode::Usage, "privacy.parameter",
      std::string(name) + " " + std::to_string(value) +
          " is out of range: epsilon must be 0 to 100, delta between 0 and 1, noise above 0, a sampling "
          "rate 0 to 1");
}

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

bool inside(double value, double low, double high) {
  return value > low && value < high;
}

double log_add(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log1p(std::exp(std::min(a, b) - high));
}

// ln E over the mixture of (mixture / Gaussian)^order, divided by order - 1.
double subsampled_rho(double rate, double noise, int order) {
  if (rate == 0) return 0;
  if (rate == 1) return order / (2 * noise * noise);
  double total = -INFINITY;
  for (int k = 0; k <= order; ++k) {
    const double choose = std::lgamma(order + 1.0) - std::lgamma(k + 1.0) - std::lgamma(order - k + 1.0);
    total = log_add(total, choose + k * std::log(rate) + (order - k) * std::log1p(-rate) +
                               k * (k - 1.0) / (2 * noise * noise));
  }
  return std::max(0.0, total) / (order - 1);
}

}  // namespace

double gaussian_delta(double epsilon, double noise) {
  require(epsilon >= 0 && epsilon <= kMaxEpsilon, "epsilon", epsilon);
  require(noise > 0 && std::isfinite(noise), "noise", noise);
  return normal_cdf(0.5 / noise - epsilon * noise) -
         std::exp(epsilon) * normal_cdf(-0.5 / noise - epsilon * noise);
}

double gaussian_epsilon(double delta, double noise) {
  require(inside(delta, 0, 1), "delta", delta);
  if (gaussian_delta(0, noise) <= delta) return 0;
  double low = 0, high = kMaxEpsilon;
  require(gaussian_delta(high, noise) <= delta, "noise", noise);
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (gaussian_delta(middle, noise) > delta ? low : high) = middle;
  }
  return high;
}

double gaussian_noise(double epsilon, double delta) {
  require(inside(epsilon, 0, kMaxEpsilon), "epsilon", epsilon);
  require(inside(delta, 0, 1), "delta", delta);
  double low = 0, high = 1;
  while (gaussian_delta(epsilon, high) > delta) {
    low = high;
    high *= 2;
  }
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    (gaussian_delta(epsilon, middle) > delta ? low : high) = middle;
  }
  return high;
}

PrivacyAccountant::PrivacyAccountant() : rho_(kLastOrder - kFirstOrder + 1, 0.0) {}

void PrivacyAccountant::add_gaussian(double noise, std::int64_t times) {
  add_subsampled_gaussian(1, noise, times);
}

void PrivacyAccountant::add_subsampled_gaussian(double rate, double noise, std::int64_t steps) {
  require(rate >= 0 && rate <= 1, "rate", rate);
  require(noise > 0 && std::isfinite(noise), "noise", noise);
  require(steps >= 0, "steps", static_cast<double>(steps));
  for (int order = kFirstOrder; order <= kLastOrder; ++order) {
    rho_[static_cast<std::size_t>(order - kFirstOrder)] +=
        static_cast<double>(steps) * subsampled_rho(rate, noise, order);
  }
}

double PrivacyAccountant::epsilon(double delta) const {
  require(inside(delta, 0, 1), "delta", delta);
  if (std::all_of(rho_.begin(), rho_.end(), [](double rho) { return rho == 0; })) return 0;
  double best = INFINITY;
  for (int order = kFirstOrder; order <= kLastOrder; ++order) {
    const double rho = rho_[static_cast<std::size_t>(order - kFirstOrder)];
    best = std::min(best, rho + std::log1p(-1.0 / order) - std::log(delta * order) / (order - 1));
  }
  return std::max(0.0, best);
}

}  // namespace atelier::personalization
