#include "atelier/personalization/privacy_accountant.h"

#include <gtest/gtest.h>

#include <cmath>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

TEST(PrivacyAccountant, GivesTheWellKnownTutorialValue) {
  PrivacyAccountant accountant;
  accountant.add_subsampled_gaussian(256.0 / 60000, 1.1, 14062);
  EXPECT_NEAR(accountant.epsilon(1e-5), 2.60, 0.01);
}

TEST(PrivacyAccountant, GivesEpsilonOneForTheKnownPlainNoise) {
  PrivacyAccountant accountant;
  accountant.add_gaussian(4.07);
  EXPECT_NEAR(accountant.epsilon(1e-5), 1.0, 0.01);
}

TEST(PrivacyAccountant, IsNeverTighterThanTheExactCurve) {
  for (const double noise : {0.6, 1.0, 2.0, 4.07, 10.0}) {
    for (const double delta : {1e-3, 1e-5, 1e-8}) {
      PrivacyAccountant accountant;
      accountant.add_gaussian(noise);
      EXPECT_GE(accountant.epsilon(delta), gaussian_epsilon(delta, noise)) << noise << " " << delta;
    }
  }
}

TEST(PrivacyAccountant, FullSamplingIsThePlainGaussian) {
  PrivacyAccountant sampled, plain;
  sampled.add_subsampled_gaussian(1 - 1e-12, 2, 3);
  plain.add_gaussian(2, 3);
  EXPECT_NEAR(sampled.epsilon(1e-5), plain.epsilon(1e-5), 1e-6);
}

TEST(PrivacyAccountant, AddsUpReleases) {
  PrivacyAccountant once, four_times;
  EXPECT_EQ(once.epsilon(1e-5), 0);
  once.add_gaussian(3);
  for (int i = 0; i < 4; ++i) four_times.add_gaussian(6);
  EXPECT_NEAR(once.epsilon(1e-5), four_times.epsilon(1e-5), 1e-9);
  four_times.add_gaussian(6);
  EXPECT_GT(four_times.epsilon(1e-5), once.epsilon(1e-5));
}

TEST(AnalyticGaussian, CalibrationIsExactAndSlightlyTighterThanRenyi) {
  const double noise = gaussian_noise(1, 1e-5);
  EXPECT_NEAR(noise, 3.73, 0.01);
  EXPECT_LT(noise, 4.07);
  EXPECT_NEAR(gaussian_delta(1, noise), 1e-5, 1e-12);
  EXPECT_LE(gaussian_delta(1, noise), 1e-5);
  EXPECT_NEAR(gaussian_epsilon(1e-5, noise), 1, 1e-9);
}

TEST(AnalyticGaussian, DeltaAtEpsilonZeroIsTheTotalVariation) {
  EXPECT_NEAR(gaussian_delta(0, 2), std::erf(0.25 / std::sqrt(2.0)), 1e-12);
}

TEST(AnalyticGaussian, WorksAtTheEnds) {
  for (const double epsilon : {0.01, 0.5, 10.0, 50.0}) {
    for (const double delta : {0.5, 1e-4, 1e-12}) {
      const double noise = gaussian_noise(epsilon, delta);
      EXPECT_LE(gaussian_delta(epsilon, noise), delta);
      EXPECT_GT(gaussian_delta(epsilon, noise * 0.999), delta) << epsilon << " " << delta;
    }
  }
}

TEST(PrivacyAccountant, RefusesParametersOutOfRange) {
  PrivacyAccountant accountant;
  EXPECT_THROW(accountant.add_gaussian(0), Error);
  EXPECT_THROW(accountant.add_gaussian(NAN), Error);
  EXPECT_THROW(accountant.add_gaussian(1, -1), Error);
  EXPECT_THROW(accountant.add_subsampled_gaussian(1.5, 1, 1), Error);
  EXPECT_THROW(accountant.add_subsampled_gaussian(NAN, 1, 1), Error);
  EXPECT_THROW(accountant.epsilon(0), Error);
  EXPECT_THROW(accountant.epsilon(1), Error);
  EXPECT_THROW(gaussian_noise(0, 1e-5), Error);
  EXPECT_THROW(gaussian_noise(1, NAN), Error);
}

}  // namespace
}  // namespace atelier::personalization
