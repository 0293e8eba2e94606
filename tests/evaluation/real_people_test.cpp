#include "atelier/evaluation/real_people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "atelier/evaluation/baselines/item_mean.h"
#include "support/expect_error.h"

namespace atelier::evaluation {
namespace {

// Every person's ratings carry a fraction of their own, so that a rating betrays whose it is.
RatingSet small_set(int people = 20, int items = 15) {
  RatingSet set{.name = "small", .what = "test", .low = 0, .high = 10};
  for (int i = 0; i < items; ++i) set.items.push_back(std::to_string(i));
  set.content.resize(items, 0);
  for (int u = 0; u < people; ++u) {
    set.people.push_back("p" + std::to_string(u));
    set.ratings.emplace_back();
    for (int i = 0; i < items; ++i) set.ratings.back().push_back({i, (i * 7 + u) % 9 + u / 1000.0});
  }
  return set;
}

int owner(double rating) {
  return static_cast<int>(std::lround((rating - std::floor(rating)) * 1000));
}

// Checks what the benchmark shows it.
class Spy : public RatingPredictor {
 public:
  std::string name() const override { return "spy"; }
  std::string formula() const override { return "0"; }
  void train(const TrainingPeople& training) override {
    trained_.clear();
    for (const auto& person : training.people) {
      for (const auto& rating : person) trained_.insert(owner(rating.value));
    }
  }
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override {
    std::set<int> told;
    for (const CatalogueRating& answer : answers) {
      EXPECT_EQ(trained_.count(owner(answer.value)), 0u) << "a scored person was trained on";
      told.insert(answer.item);
    }
    for (const int item : items) EXPECT_EQ(told.count(item), 0u) << "a held-out item was told";
    counts_.insert(answers.size());
    return std::vector<RatingPrediction>(items.size());
  }
  const std::set<std::size_t>& counts() const { return counts_; }

 private:
  std::set<int> trained_;
  mutable std::set<std::size_t> counts_;
};

TEST(RealPeople, NobodyScoredIsTrainedOnAndNothingHeldOutIsTold) {
  Predictors predictors;
  auto spy = std::make_unique<Spy>();
  const Spy& seen = *spy;
  predictors.push_back(std::move(spy));
  RealPeopleOptions options;
  options.answers = {0, 3, 5};
  options.rounds = 3;
  const RealPeopleResult result = measure_real_people(small_set(), predictors, options);
  EXPECT_THAT(seen.counts(), testing::ElementsAre(0, 3, 5, 12)) << "15 items, 3 of them held out";
  EXPECT_THAT(result.points, testing::ElementsAre("0", "3", "5", "all but 20 %"));
  EXPECT_EQ(result.curves.front().scores.front().size(), 20u);
}

TEST(RealPeople, TheSameSeedGivesTheSameScoresAndAnotherOneOthers) {
  RealPeopleOptions options;
  options.answers = {0, 5};
  const auto measure = [&](std::uint64_t seed) {
    options.seed = seed;
    Predictors predictors;
    predictors.push_back(std::make_unique<ItemMean>());
    const auto result = measure_real_people(small_set(), predictors, options);
    return defined(result.curves[0].scores[0], &PersonScore::rmse);
  };
  EXPECT_EQ(measure(1), measure(1));
  EXPECT_NE(measure(1), measure(2));
}

TEST(RealPeople, TheTruthIsTheSecondRoundWhereThereIsOne) {
  RatingSet set = small_set();
  for (const auto& person : set.ratings) {
    set.repeats.push_back(person);
    for (auto& rating : set.repeats.back()) rating.value = 10 - rating.value;  // they changed their minds
  }
  Predictors predictors;
  predictors.push_back(std::make_unique<ItemMean>());
  RealPeopleOptions options;
  options.answers = {0};
  const RealPeopleResult result = measure_real_people(set, predictors, options);
  ASSERT_EQ(result.ceiling.size(), 20u);
  for (const double own : result.ceiling) EXPECT_NEAR(own, -1, 1e-9);
}

TEST(RealPeople, ScoresOnlyAsManyAsWereAskedFor) {
  Predictors predictors;
  predictors.push_back(std::make_unique<ItemMean>());
  RealPeopleOptions options;
  options.people = 7;
  const RealPeopleResult result = measure_real_people(small_set(), predictors, options);
  EXPECT_EQ(result.scored, 7u);
  EXPECT_EQ(defined(result.curves[0].scores[0], &PersonScore::rmse).size(), 7u);
}

TEST(RealPeople, EveryPredictorOfTheReportRuns) {
  RealPeopleOptions options;
  options.answers = {0, 3};
  options.asking_people = 2;
  options.asking_up_to = 3;
  const RealPeopleResult result = measure_real_people(small_set(), all_predictors(), options);
  ASSERT_NE(result.curve("taste model"), nullptr);
  const LearningCurve* asking = result.curve("taste model", true);
  ASSERT_NE(asking, nullptr);
  EXPECT_EQ(defined(asking->scores[1], &PersonScore::spearman).size(), 2u) << "only two people were asked so";
  EXPECT_EQ(result.curve("item mean", true), nullptr);
  EXPECT_TRUE(defined(result.curve("random")->scores[0], &PersonScore::rmse).empty());
  for (const LearningCurve& curve : result.curves) EXPECT_FALSE(curve.formula.empty());
}

TEST(RealPeople, RefusesImpossibleHeldOutShares) {
  RealPeopleOptions options;
  options.held_out = 0.5;
  options.rounds = 3;
  test::expect_error([&] { measure_real_people(small_set(), {}, options); }, ErrorCode::Usage,
                     "evaluation.held_out");
}

TEST(RealPeople, DifferencesAreTakenPersonByPerson) {
  const double none = std::nan("");
  const std::vector<PersonScore> a = {{0.5, 0, 0, 0, 0}, {none, 0, 0, 0, 0}, {0.25, 0, 0, 0, 0}};
  const std::vector<PersonScore> b = {{0.25, 0, 0, 0, 0}, {0.5, 0, 0, 0, 0}, {0.5, 0, 0, 0, 0}};
  EXPECT_THAT(differences(a, b, &PersonScore::spearman), testing::ElementsAre(0.25, -0.25));
}

}  // namespace
}  // namespace atelier::evaluation
