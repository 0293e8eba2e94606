#include "atelier/personalization/detail/probit.h"

#include <gtest/gtest.h>

#include <cmath>

namespace atelier::personalization::detail {
namespace {

constexpr double kWidth = 0.35;

template <typename Likelihood>
void expect_derivatives(Likelihood likelihood) {
  constexpr double kStep = 1e-4;
  for (double d = -12; d <= 12; d += 0.37) {
    const LogLikelihood here = likelihood(d, kWidth);
    const LogLikelihood up = likelihood(d + kStep, kWidth), down = likelihood(d - kStep, kWidth);
    EXPECT_NEAR(here.first, (up.value - down.value) / (2 * kStep), 1e-5 * (1 + std::abs(here.first)))
        << "at " << d;
    EXPECT_NEAR(here.second, (up.first - down.first) / (2 * kStep), 1e-5) << "at " << d;
    EXPECT_LE(here.second, 0) << "at " << d;
  }
}

TEST(Probit, DerivativesOfAWinAgreeWithFiniteDifferences) {
  expect_derivatives(log_win);
}

TEST(Probit, DerivativesOfATieAgreeWithFiniteDifferences) {
  expect_derivatives(log_tie);
}

TEST(Probit, WinLossAndTieAreAllThatCanHappen) {
  for (const double d : {-3.0, -0.2, 0.0, 0.5, 4.0}) {
    const double total = std::exp(log_win(d, kWidth).value) + std::exp(log_win(-d, kWidth).value) +
                         std::exp(log_tie(d, kWidth).value);
    EXPECT_NEAR(total, 1, 1e-12);
  }
}

TEST(Probit, StaysFiniteFarOut) {
  for (const double d : {-1e4, -300.0, -38.0, 38.0, 300.0, 1e4}) {
    for (const LogLikelihood& one : {log_win(d, kWidth), log_tie(d, kWidth)}) {
      EXPECT_TRUE(std::isfinite(one.value) && std::isfinite(one.first) && std::isfinite(one.second))
          << "at " << d;
    }
  }
  EXPECT_NEAR(log_normal_cdf(-29.999999), log_normal_cdf(-30.000001), 1e-4);
}

}  // namespace
}  // namespace atelier::personalization::detail
