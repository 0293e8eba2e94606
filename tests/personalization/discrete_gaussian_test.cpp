#include "atelier/personalization/discrete_gaussian.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

RandomWords seeded(std::uint64_t seed) {
  return [generator = std::mt19937_64(seed)]() mutable { return generator(); };
}

std::vector<double> probabilities(double sigma, int reach) {
  std::vector<double> out;
  double total = 0;
  for (int k = -reach; k <= reach; ++k) out.push_back(std::exp(-0.5 * k * k / (sigma * sigma)));
  for (const double value : out) total += value;
  for (double& value : out) value /= total;
  return out;
}

/// Chi-square of draws against the discrete Gaussian, as a standard normal score (Wilson, Hilferty).
template <typename Draw>
double misfit(double sigma, int draws, Draw draw) {
  const int reach = static_cast<int>(8 * sigma) + 2, inner = static_cast<int>(std::ceil(2.5 * sigma));
  const auto probability = probabilities(sigma, reach);
  std::vector<double> expected(2 * inner + 1), seen(2 * inner + 1);
  const auto bin = [&](std::int64_t k) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(k, -inner, inner) + inner);
  };
  for (int k = -reach; k <= reach; ++k)
    expected[bin(k)] += draws * probability[static_cast<std::size_t>(k + reach)];
  for (int i = 0; i < draws; ++i) seen[bin(draw())] += 1;
  double chi_square = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    chi_square += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
  }
  const double freedom = static_cast<double>(seen.size() - 1);
  return (std::cbrt(chi_square / freedom) - (1 - 2 / (9 * freedom))) / std::sqrt(2 / (9 * freedom));
}

TEST(DiscreteGaussian, HasTheClaimedDistribution) {
  for (const std::int64_t sigma : {1, 2, 3, 7, 20}) {
    const DiscreteGaussian sampler(sigma);
    const auto random = seeded(100 + static_cast<std::uint64_t>(sigma));
    EXPECT_LT(misfit(static_cast<double>(sigma), 60000, [&] { return sampler.draw(random); }), 3.7) << sigma;
  }
}

TEST(DiscreteGaussian, TheTestOfItsDistributionSeesAWrongOne) {
  const auto random = seeded(5);
  const DiscreteGaussian wider(8);
  EXPECT_GT(misfit(7, 60000, [&] { return wider.draw(random); }), 6);
  const DiscreteGaussian sampler(7);
  EXPECT_GT(misfit(7, 60000, [&] { return std::abs(sampler.draw(random)); }), 6);
}

TEST(DiscreteGaussian, IsRightAtTheWidthOfAReleaseToo) {
  const std::int64_t sigma = 23456789;
  const DiscreteGaussian sampler(sigma);
  const auto random = seeded(11);
  constexpr int kDraws = 20000;
  std::vector<double> draws(kDraws);
  double sum = 0, square = 0;
  int odd = 0;
  for (double& value : draws) {
    const std::int64_t drawn = sampler.draw(random);
    odd += drawn % 2 != 0;
    value = static_cast<double>(drawn) / static_cast<double>(sigma);
    sum += value;
    square += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0, 4 / std::sqrt(kDraws));
  EXPECT_NEAR(square / kDraws, 1, 4 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(static_cast<double>(odd) / kDraws, 0.5,
              2 / std::sqrt(kDraws));  // the lowest bit is noise as well
  std::sort(draws.begin(), draws.end());
  double distance = 0;  // Kolmogorov, Smirnov
  for (int i = 0; i < kDraws; ++i) {
    const double probability = 0.5 * std::erfc(-draws[static_cast<std::size_t>(i)] / std::sqrt(2.0));
    distance = std::max({distance, std::abs(probability - i / double{kDraws}),
                         std::abs(probability - (i + 1) / double{kDraws})});
  }
  EXPECT_LT(distance * std::sqrt(kDraws), 1.95);  // 0.1 %
}

TEST(DiscreteGaussian, IsAsNearToRoundedNoiseAsItSays) {
  for (const int sigma : {2, 5, 20, 100}) {
    const int reach = 9 * sigma;
    const auto exact = probabilities(sigma, reach);
    double difference = 0;
    for (int k = -reach; k <= reach; ++k) {
      const auto cdf = [&](double x) { return 0.5 * std::erfc(-x / (sigma * std::sqrt(2.0))); };
      difference += std::abs(exact[static_cast<std::size_t>(k + reach)] - (cdf(k + 0.5) - cdf(k - 0.5)));
    }
    EXPECT_LE(difference / 2, DiscreteGaussian(sigma).distance_from_rounded(1)) << sigma;
  }
}

TEST(DiscreteGaussian, AddsNoiseToEveryNumber) {
  std::vector<std::int64_t> values(50, 7);
  DiscreteGaussian(1 << 20).add_to(values, seeded(3));
  std::sort(values.begin(), values.end());
  EXPECT_EQ(std::adjacent_find(values.begin(), values.end()), values.end());
}

TEST(DiscreteGaussian, SecureNoiseNeverRepeats) {
  const DiscreteGaussian sampler(1 << 24);
  const auto first = secure_random_words(), second = secure_random_words();
  int same = 0;
  for (int i = 0; i < 600; ++i) same += sampler.draw(first) == sampler.draw(second);
  EXPECT_LT(same, 3);
}

TEST(DiscreteGaussian, RefusesAWidthOutOfRange) {
  EXPECT_THROW(DiscreteGaussian(0), Error);
  EXPECT_THROW(DiscreteGaussian(-3), Error);
  EXPECT_THROW(DiscreteGaussian(DiscreteGaussian::kMaxSigma + 1), Error);
}

}  // namespace
}  // namespace atelier::personalization
