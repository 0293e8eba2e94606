#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "atelier/evaluation/baselines/attribute_ridge.h"
#include "atelier/evaluation/baselines/item_mean.h"
#include "atelier/evaluation/baselines/low_rank.h"
#include "atelier/evaluation/baselines/nearest_people.h"
#include "atelier/evaluation/baselines/random_predictor.h"
#include "atelier/evaluation/baselines/user_item_bias.h"
#include "atelier/evaluation/taste_attributes.h"
#include "atelier/evaluation/taste_catalogue.h"

namespace atelier::evaluation {
namespace {

using Ratings = std::vector<CatalogueRating>;

// Two camps: one likes even items, the other odd ones; what is liked has 1 as its only attribute.
TrainingPeople two_camps(int people = 24, int items = 12) {
  TrainingPeople training;
  training.items = items;
  training.low = 1;
  training.high = 5;
  training.content.resize(items, 1);
  for (int i = 0; i < items; ++i) training.content(i, 0) = i % 2;
  std::mt19937_64 random(5);
  for (int u = 0; u < people; ++u) {
    Ratings ratings;
    for (int i = 0; i < items; ++i) {
      const double wobble = 0.6 * (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5);
      ratings.push_back({i, ((i + u) % 2 == 0 ? 4.0 : 2.0) + wobble});
    }
    training.people.push_back(ratings);
  }
  return training;
}

double gap(const RatingPredictor& predictor, const Ratings& answers) {
  const std::vector<int> items = {10, 11};
  const auto predictions = predictor.predict(answers, items);
  return predictions[0].mean - predictions[1].mean;
}

const Ratings kLikesEven = {{0, 4.2}, {1, 1.9}, {2, 4}, {3, 2.2}, {4, 4.1}, {5, 2}};
const Ratings kLikesOdd = {{0, 2.2}, {1, 3.9}, {2, 2}, {3, 4.2}, {4, 2.1}, {5, 4}};

template <typename Predictor>
void expect_learns_the_camp(Predictor predictor, double least) {
  predictor.train(two_camps());
  EXPECT_GT(gap(predictor, kLikesEven), least) << predictor.name();
  EXPECT_LT(gap(predictor, kLikesOdd), -least) << predictor.name();
  EXPECT_NEAR(gap(predictor, {}), 0, 0.35) << predictor.name();
}

TEST(Baselines, ThosePersonalToSomebodyLearnTheCamp) {
  expect_learns_the_camp(NearestPeople(), 1);
  expect_learns_the_camp(AttributeRidge(false), 1);
  expect_learns_the_camp(AttributeRidge(true), 1);
  expect_learns_the_camp(LowRank(2), 1);
  expect_learns_the_camp(TasteAttributes(), 1);
  expect_learns_the_camp(TasteCatalogue(), 1);
}

TEST(ItemMean, IsTheMeanOfTheOthersShrunkByOneRating) {
  TrainingPeople training;
  training.items = 3;
  training.people = {{{0, 5}, {1, 1}}, {{0, 3}, {1, 3}}};
  ItemMean predictor;
  predictor.train(training);
  const std::vector<int> items = {0, 1, 2};
  const auto predictions = predictor.predict(kLikesOdd, items);
  EXPECT_NEAR(predictions[0].mean, (5 + 3 + 3) / 3.0, 1e-12);
  EXPECT_NEAR(predictions[1].mean, (1 + 3 + 3) / 3.0, 1e-12);
  EXPECT_NEAR(predictions[2].mean, 3, 1e-12) << "an item nobody rated is average";
}

TEST(UserItemBias, SeparatesHarshPeopleFromDislikedItems) {
  TrainingPeople training;
  training.items = 2;
  for (int u = 0; u < 40; ++u) {
    const double person = u % 2 == 0 ? 1 : -1;
    training.people.push_back({{0, 3 + person + 0.5}, {1, 3 + person - 0.5}});
  }
  UserItemBias predictor;
  predictor.train(training);
  EXPECT_NEAR(predictor.item(0) - predictor.item(1), 1, 0.05);
  EXPECT_NEAR(predictor.person_variance(), 1, 0.1);
  const std::vector<int> items = {1};
  EXPECT_NEAR(predictor.predict(Ratings{{0, 4.5}}, items)[0].mean, 3.5, 0.05);
  EXPECT_NEAR(predictor.predict({}, items)[0].mean, 2.5, 0.05);
  EXPECT_LT(predictor.predict(Ratings{{0, 4.5}}, items)[0].sd, predictor.predict({}, items)[0].sd);
}

TEST(AttributeRidge, WithoutAttributesFallsBackToThePersonsMean) {
  TrainingPeople training = two_camps();
  training.content.resize(training.items, 0);
  AttributeRidge predictor(false);
  predictor.train(training);
  EXPECT_EQ(gap(predictor, kLikesEven), 0);
}

TEST(NearestPeople, NobodyAlikeMeansTheBias) {
  NearestPeople predictor;
  UserItemBias bias;
  predictor.train(two_camps());
  bias.train(two_camps());
  EXPECT_DOUBLE_EQ(gap(predictor, {}), gap(bias, {}));
}

TEST(RandomPredictor, IsTheSameForTheSameQuestion) {
  RandomPredictor predictor;
  predictor.train(two_camps());
  EXPECT_EQ(gap(predictor, kLikesEven), gap(predictor, kLikesEven));
  EXPECT_NE(gap(predictor, kLikesEven), gap(predictor, {}));
}

TEST(TasteCatalogue, AsksAboutAnItemOfThePool) {
  TasteCatalogue predictor;
  predictor.train(two_camps());
  const std::vector<int> pool = {3, 7, 8};
  const int chosen = predictor.next_question({}, pool);
  EXPECT_GE(chosen, 0);
  EXPECT_LT(chosen, 3);
}

}  // namespace
}  // namespace atelier::evaluation
