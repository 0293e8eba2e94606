#include "atelier/evaluation/simulated_people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "atelier/evaluation/latency.h"
#include "evaluation/small_gallery.h"
#include "support/expect_error.h"

namespace atelier::evaluation {
namespace {

SimulatedPeopleOptions quick() {
  SimulatedPeopleOptions options;
  options.users = 4;
  options.training_users = 20;
  options.training_answers = 8;
  options.answers = {0, 3, 6};
  options.random_up_to = 8;
  options.other_noises = {0.4};
  return options;
}

TEST(AnswersNeeded, AreReadOffTheCurveBetweenItsPoints) {
  const std::vector<double> regret = {1.0, 0.6, 0.2};
  EXPECT_EQ(answers_needed(regret, 1.5), 0);
  EXPECT_NEAR(answers_needed(regret, 0.6), 1, 1e-12);
  EXPECT_NEAR(answers_needed(regret, 0.4), 1.5, 1e-12);
  EXPECT_EQ(answers_needed(regret, 0.1), 3) << "never: one more than was measured";
}

TEST(SimulatedPeople, AnswersHelpAndEverythingIsMeasured) {
  int last = 0, total = 0;
  const SimulatedPeopleResult result = measure_simulated_people(test::small_gallery(), quick(), nullptr,
                                                                [&](const std::string&, int done, int steps) {
                                                                  EXPECT_EQ(done, last + 1);
                                                                  last = done;
                                                                  total = steps;
                                                                });
  EXPECT_EQ(last, total) << "the bar must reach its end";
  EXPECT_EQ(result.families.size(), personalization::taste_families().size() + 1);
  const AskingCurve* active = result.find(Asking::ActiveRatings, true);
  ASSERT_NE(active, nullptr);
  EXPECT_EQ(active->people(), 4 * (personalization::taste_families().size() - 1));
  ASSERT_EQ(active->percentiles.size(), 7u);
  EXPECT_LT(active->percentile(6), active->percentile(0));
  EXPECT_LT(active->regret()[6], active->regret()[0]);
  ASSERT_NE(result.find(Asking::RandomRatings, false), nullptr);
  EXPECT_EQ(result.find(Asking::RandomRatings, false)->regret().size(), 9u);
  EXPECT_GT(result.calibration.ratings_covered, 0.7);
  EXPECT_EQ(result.moods.with_mood.size(), result.moods.answers.size());
  EXPECT_GT(result.direction.people, 0u);
  EXPECT_TRUE(result.mapper.empty());
}

TEST(SimulatedPeople, TheSameSeedGivesTheSameNumbers) {
  const GalleryFeatures gallery = test::small_gallery();
  SimulatedPeopleOptions options = quick();
  options.users = 2;
  const auto a = measure_simulated_people(gallery, options), b = measure_simulated_people(gallery, options);
  EXPECT_EQ(a.find(Asking::Mixed, true)->regret(), b.find(Asking::Mixed, true)->regret());
  EXPECT_EQ(a.moods.with_mood, b.moods.with_mood);
}

TEST(SimulatedPeople, RefusesAGalleryWithoutChoice) {
  test::expect_error([] { measure_simulated_people(test::small_gallery(9), quick()); }, ErrorCode::Usage,
                     "evaluation.gallery");
}

TEST(Latency, EveryStepIsTimedForEveryNumberOfAnswers) {
  LatencyOptions options;
  options.answers = {4, 10};
  options.runs = 1;
  const auto rows = measure_latency(test::small_gallery(), options);
  EXPECT_EQ(rows.size(), 8u);
  EXPECT_GT(step_milliseconds(rows, 10), 0);
  test::expect_error([&] { step_milliseconds(rows, 500); }, ErrorCode::Internal, "evaluation.latency");
}

}  // namespace
}  // namespace atelier::evaluation
