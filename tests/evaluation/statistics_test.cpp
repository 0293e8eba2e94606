#include "atelier/evaluation/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/expect_error.h"

namespace atelier::evaluation {
namespace {

using testing::ElementsAre;
using Values = std::vector<double>;

TEST(Statistics, EqualValuesShareTheMeanOfTheirRanks) {
  EXPECT_THAT(ranks(Values{7, 3, 7, 1}), ElementsAre(3.5, 2, 3.5, 1));
  EXPECT_THAT(ranks(Values{}), ElementsAre());
}

TEST(Statistics, SpearmanOfTiesIsTheCorrelationOfMeanRanks) {
  // Ranks 1.5 1.5 3 4 and 1 2 3 4: covariance 4.5, variances 4.5 and 5.
  EXPECT_NEAR(*spearman(Values{2, 2, 5, 6}, Values{1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5), 1e-12);
}

TEST(Statistics, SpearmanKnowsPerfectAndReversedOrder) {
  EXPECT_NEAR(*spearman(Values{1, 2, 3}, Values{-5, 0, 100}), 1, 1e-12);
  EXPECT_NEAR(*spearman(Values{1, 2, 3}, Values{3, 2, 1}), -1, 1e-12);
}

TEST(Statistics, ConstantRatingsHaveNoSpearmanAndConstantPredictionsHaveZero) {
  EXPECT_FALSE(spearman(Values{4, 4, 4}, Values{1, 2, 3}).has_value());
  EXPECT_FALSE(spearman(Values{4}, Values{1}).has_value());
  EXPECT_EQ(*spearman(Values{1, 2, 3}, Values{4, 4, 4}), 0);
}

TEST(Statistics, PairAccuracyIgnoresTruthTiesAndHalvesPredictedOnes) {
  // Pairs with different truth: (0,1) (0,2) (0,3) (1,3) (2,3): right, tied, right, right, right.
  EXPECT_NEAR(*pair_accuracy(Values{1, 2, 2, 3}, Values{0, 1, 0, 2}), 4.5 / 5, 1e-12);
  EXPECT_FALSE(pair_accuracy(Values{2, 2}, Values{0, 1}).has_value());
}

TEST(Statistics, RefusesDifferentLengths) {
  test::expect_error([] { spearman(Values{1, 2}, Values{1}); }, ErrorCode::Internal, "evaluation.sizes");
  test::expect_error([] { pair_accuracy(Values{1}, Values{1, 2}); }, ErrorCode::Internal, "evaluation.sizes");
}

TEST(Statistics, MedianOfEvenlyManyIsTheMiddle) {
  EXPECT_EQ(median_of(Values{9, 1, 2, 4}), 3);
  EXPECT_EQ(median_of(Values{9, 1, 2}), 2);
  EXPECT_EQ(median_of(Values{}), 0);
}

TEST(Bootstrap, OfEqualValuesIsAPoint) {
  const Interval interval = bootstrap_mean(Values(20, 0.25));
  EXPECT_EQ(interval.mean, 0.25);
  EXPECT_EQ(interval.low, 0.25);
  EXPECT_EQ(interval.high, 0.25);
}

TEST(Bootstrap, IsAsWideAsTheStandardErrorSays) {
  Values values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 2);
  const Interval interval = bootstrap_mean(values);
  EXPECT_EQ(interval.mean, 0.5);
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * 0.5 / 20, 0.01);
}

TEST(Bootstrap, TheSameSeedGivesTheSameInterval) {
  const Values values = {1, 4, 2, 8, 5, 7};
  const Interval a = bootstrap_mean(values, {.seed = 3}), b = bootstrap_mean(values, {.seed = 3});
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_NE(a.low, bootstrap_mean(values, {.resamples = 100, .seed = 4}).low);
}

}  // namespace
}  // namespace atelier::evaluation
