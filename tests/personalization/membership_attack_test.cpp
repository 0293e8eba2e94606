#include <gtest/gtest.h>

#include <cmath>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/binomial_interval.h"
#include "atelier/personalization/membership_test.h"
#include "personalization/pooled_people.h"

namespace atelier::personalization {
namespace {

using test::plain_prior;
using test::pooled_people;

/// The person who is easiest to find: as loud as the clip lets anybody be.
Contribution loudest(const ContributionScheme& scheme) {
  storage::Settings yes;
  yes.pooled_learning = true;
  const Eigen::VectorXd loud = Eigen::VectorXd::Constant(scheme.start().mean.size(), 1e3);
  return scheme.contribute("target", yes, loud, 1e-6 * scheme.start().covariance);
}

MembershipOptions few_shadows() {
  MembershipOptions options;
  options.shadows = 2000;
  return options;
}

TEST(MembershipTest, MeasuredEpsilonDoesNotExceedTheClaim) {
  const ContributionScheme scheme(plain_prior(4));
  const auto others = pooled_people(scheme, 299, 1);
  for (const double epsilon : {0.5, 1.0, 4.0}) {
    ReleaseOptions release;
    release.epsilon = epsilon;
    const auto report = test_membership(scheme, others, loudest(scheme), release, few_shadows());
    EXPECT_LE(report.prior.epsilon_lower_bound, epsilon) << report.to_text();
    EXPECT_LE(report.sums.epsilon_lower_bound, epsilon) << report.to_text();
    EXPECT_TRUE(report.holds());
    EXPECT_LE(report.prior.auc, report.sums.auc + 0.03)
        << "the prior cannot show more than what it is made of";
    EXPECT_EQ(report.people, 300u);
  }
}

TEST(MembershipTest, TheAttackIsAsStrongAsTheoryAllows) {
  // The best attack on a Gaussian release of sensitivity s has AUC Phi(s / (sigma sqrt(2))).
  const ContributionScheme scheme(plain_prior(4));
  const auto others = pooled_people(scheme, 299, 1);
  ReleaseOptions release;
  release.epsilon = 4;
  const auto target = loudest(scheme);
  const auto report = test_membership(scheme, others, target, release, few_shadows());
  const double sigma =
      static_cast<double>(release_noise(scheme, 300, release).sigma) * ContributionScheme::kUnit;
  const double best = 0.5 * std::erfc(-target.length() / (2 * sigma));
  EXPECT_GT(best, 0.75);
  EXPECT_NEAR(report.sums.auc, best, 0.03);
  EXPECT_GT(report.sums.epsilon_lower_bound, 1);
}

TEST(MembershipTest, SeesTheLeakWhenNoiseIsOff) {
  const ContributionScheme scheme(plain_prior(4));
  MembershipOptions options = few_shadows();
  options.noise = false;
  const auto report = test_membership(scheme, pooled_people(scheme, 299, 1), loudest(scheme), {}, options);
  EXPECT_GT(report.prior.epsilon_lower_bound, 1);
  EXPECT_GT(report.prior.auc, 0.999);
  EXPECT_GT(report.prior.hits_at_01_percent, 0.99);
  EXPECT_FALSE(report.holds());
}

TEST(MembershipTest, SeesNoiseThatIsTooSmallForTheClaim) {
  // Claims epsilon 1 with the noise of epsilon 8: the bound must be above 1, or the test would prove nothing.
  const ContributionScheme scheme(plain_prior(4));
  ReleaseOptions release;
  release.epsilon = 8;
  const auto report =
      test_membership(scheme, pooled_people(scheme, 299, 1), loudest(scheme), release, few_shadows());
  EXPECT_GT(report.sums.epsilon_lower_bound, 1);
}

TEST(MembershipTest, SaysInWordsWhatWasFound) {
  const ContributionScheme scheme(plain_prior(3));
  MembershipOptions options;
  options.shadows = 200;
  const auto report = test_membership(scheme, pooled_people(scheme, 250, 1), loudest(scheme), {}, options);
  EXPECT_NE(report.to_text().find("claimed epsilon 1 "), std::string::npos) << report.to_text();
  options.shadows = 99;
  EXPECT_THROW(test_membership(scheme, pooled_people(scheme, 250, 1), loudest(scheme), {}, options), Error);
}

TEST(BinomialInterval, IsClopperPearson) {
  EXPECT_NEAR(detail::binomial_lower(5, 10, 0.025), 0.187086, 1e-6);
  EXPECT_NEAR(detail::binomial_upper(5, 10, 0.025), 0.812914, 1e-6);
  EXPECT_NEAR(detail::binomial_upper(0, 1000, 0.025), 1 - std::pow(0.025, 1.0 / 1000), 1e-9);
  EXPECT_EQ(detail::binomial_lower(0, 10, 0.025), 0);
  EXPECT_EQ(detail::binomial_upper(10, 10, 0.025), 1);
  EXPECT_NEAR(detail::beta_cdf(0.3, 2, 5), 0.579825, 1e-6);
  EXPECT_NEAR(detail::beta_quantile(detail::beta_cdf(0.7, 20, 8), 20, 8), 0.7, 1e-9);
}

}  // namespace
}  // namespace atelier::personalization
