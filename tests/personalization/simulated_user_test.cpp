#include "atelier/personalization/simulated_user.h"

#include <gtest/gtest.h>

#include <cmath>

#include "atelier/core/error.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

const Eigen::MatrixXd kGallery = test::random_features(100, 8, 2);

TEST(SimulatedUser, HasUtilitiesOfMeanZeroAndSdOne) {
  const SimulatedPopulation population(kGallery, 1);
  for (const TasteFamily family : taste_families()) {
    const SimulatedUser user(population, family, 4);
    const Eigen::VectorXd utility = user.utilities(kGallery);
    EXPECT_NEAR(utility.mean(), 0, 1e-9) << to_string(family);
    EXPECT_NEAR(utility.squaredNorm() / 100, 1, 1e-9) << to_string(family);
    Eigen::Index best = 0;
    utility.maxCoeff(&best);
    EXPECT_EQ(user.percentile(static_cast<std::size_t>(best)), 0);
    EXPECT_EQ(parse_taste_family(to_string(family)), family);
  }
  EXPECT_THROW(parse_taste_family("fickle"), Error);
}

TEST(SimulatedUser, AnswersTheSameForTheSameSeed) {
  const SimulatedPopulation population(kGallery, 1);
  SimulatedUser a(population, TasteFamily::Bump, 9), b(population, TasteFamily::Bump, 9);
  SimulatedUser other(population, TasteFamily::Bump, 10);
  bool differs = false;
  for (int i = 0; i < 50; ++i) {
    const Eigen::VectorXd psi = kGallery.row(i).transpose(), next = kGallery.row(i + 1).transpose();
    const double rating = a.rate(psi);
    EXPECT_EQ(rating, b.rate(psi));
    EXPECT_EQ(a.choose(psi, next), b.choose(psi, next));
    EXPECT_TRUE(rating >= 1 && rating <= 5 && rating == std::round(rating));
    differs = differs || rating != other.rate(psi);
  }
  EXPECT_TRUE(differs);
}

TEST(SimulatedUser, RatesAndChoosesWhatItLikes) {
  const SimulatedPopulation population(kGallery, 1);
  SimulatedUserOptions quiet;
  quiet.noise = 0.01;
  SimulatedUser user(population, TasteFamily::Linear, 3, quiet);
  const Eigen::VectorXd utility = user.utilities(kGallery);
  Eigen::Index best = 0, worst = 0;
  utility.maxCoeff(&best);
  utility.minCoeff(&worst);
  const Eigen::VectorXd good = kGallery.row(best).transpose(), bad = kGallery.row(worst).transpose();
  EXPECT_GT(user.rate(good), user.rate(bad));
  EXPECT_EQ(user.choose(good, bad), 1);
  EXPECT_EQ(user.choose(bad, good), 0);
  EXPECT_EQ(user.choose(good, good), 0.5);
}

TEST(SimulatedUser, SurveyAnswersAgreeWithTheHiddenSlope) {
  const SimulatedPopulation population(kGallery, 1);
  double agreement = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SimulatedUser user(population, TasteFamily::Linear, seed);
    for (int feature = 0; feature < 7; ++feature) agreement += user.survey(feature) * user.slope(feature);
  }
  EXPECT_GT(agreement / 280, 0.05);
}

TEST(SimulatedUser, PeopleOfOnePopulationHaveSomethingInCommon) {
  const SimulatedPopulation population(kGallery, 1);
  std::mt19937_64 random(1);
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(8);
  for (int i = 0; i < 400; ++i) mean += population.draw_weights(random) / 400;
  EXPECT_GT(mean.norm(), 0.3);
  EXPECT_EQ(mean(7), 0);  // the constant is no taste
}

}  // namespace
}  // namespace atelier::personalization
