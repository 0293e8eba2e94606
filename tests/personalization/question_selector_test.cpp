#include "atelier/personalization/question_selector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "atelier/core/error.h"
#include "atelier/personalization/simulated_user.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

struct Game {
  Eigen::MatrixXd gallery;
  PopulationPrior prior;
  SimulatedPopulation population;
  std::vector<Candidate> candidates;

  explicit Game(int dim = 9)
      : gallery(test::random_features(80, dim, 1)),
        prior(standard_prior("game", gallery)),
        population(gallery, 1) {
    for (int i = 0; i < gallery.rows(); ++i) {
      candidates.push_back({"style-" + std::to_string(i), gallery.row(i).transpose()});
    }
  }

  PreferenceModel nobody() const { return PreferenceModel::fit(prior, std::vector<TasteObservation>{}, 0); }

  /// Mean regret after so many ratings asked for in this way.
  double regret(AskStrategy strategy, int answers, bool with_choices = false) const {
    double sum = 0;
    constexpr int kPeople = 24;
    for (std::uint64_t person = 0; person < kPeople; ++person) {
      SimulatedUser user(population, TasteFamily::Bump, person);
      const QuestionSelector selector(candidates, {.strategy = strategy, .seed = person});
      std::vector<TasteObservation> seen;
      std::set<std::string> rated;
      std::set<std::pair<std::string, std::string>> chosen;
      for (int i = 0; i < answers; ++i) {
        const PreferenceModel model = PreferenceModel::fit(prior, seen, 0);
        if (with_choices) {
          const auto [a, b] = selector.next_choice(model, chosen).value();
          const Candidate &x = candidates[a], &y = candidates[b];
          EXPECT_TRUE(chosen.insert({x.key, y.key}).second && !chosen.contains({y.key, x.key}));
          seen.push_back(choice_of(x.psi, y.psi, user.choose(x.psi, y.psi), x.key, y.key, i + 1));
        } else {
          const Candidate& asked = candidates[selector.next_rating(model, rated).value()];
          EXPECT_TRUE(rated.insert(asked.key).second);
          seen.push_back(rating_of(asked.psi, user.rate(asked.psi), asked.key, i + 1));
        }
      }
      const PreferenceModel model = PreferenceModel::fit(prior, seen, 0);
      const Eigen::VectorXd truth = user.utilities(gallery);
      sum += truth.maxCoeff() - truth(static_cast<Eigen::Index>(selector.ranking(model).front()));
    }
    return sum / kPeople;
  }
};

TEST(QuestionSelector, ActiveRatingsNeedAtMostHalfTheAnswersOfRandomOnes) {
  const Game game(20);
  EXPECT_LE(game.regret(AskStrategy::Auto, 5), game.regret(AskStrategy::Random, 10));
}

TEST(QuestionSelector, ActiveChoicesNeedAtMostHalfTheAnswersOfRandomOnes) {
  const Game game(20);
  EXPECT_LE(game.regret(AskStrategy::Auto, 5, true), game.regret(AskStrategy::Random, 10, true));
}

TEST(QuestionSelector, AsksWithZeroAnswersAndUntilNothingIsLeft) {
  const Game game;
  std::vector<Candidate> few(game.candidates.begin(), game.candidates.begin() + 4);
  for (const AskStrategy strategy :
       {AskStrategy::Auto, AskStrategy::Variance, AskStrategy::Ucb, AskStrategy::Gain, AskStrategy::Thompson,
        AskStrategy::Eubo, AskStrategy::Random}) {
    const QuestionSelector selector(few, {.strategy = strategy});
    std::set<std::string> rated;
    while (const auto next = selector.next_rating(game.nobody(), rated)) rated.insert(few[*next].key);
    EXPECT_EQ(rated.size(), 4U) << to_string(strategy);
    std::set<std::pair<std::string, std::string>> pairs;
    while (const auto next = selector.next_choice(game.nobody(), pairs)) {
      ASSERT_TRUE(pairs.insert({few[next->first].key, few[next->second].key}).second);
    }
    EXPECT_EQ(pairs.size(), 6U) << to_string(strategy);
    EXPECT_EQ(parse_ask_strategy(to_string(strategy)), strategy);
  }
  EXPECT_THROW(parse_ask_strategy("best"), Error);
}

TEST(QuestionSelector, NeverAsksToChooseBetweenTheSame) {
  const Game game;
  const QuestionSelector selector({{"a", game.candidates[0].psi}, {"b", game.candidates[0].psi}});
  EXPECT_FALSE(selector.next_choice(game.nobody()).has_value());
}

TEST(QuestionSelector, IsDeterministic) {
  const Game game;
  const QuestionSelector one(game.candidates, {.strategy = AskStrategy::Thompson, .seed = 5});
  const QuestionSelector two(game.candidates, {.strategy = AskStrategy::Thompson, .seed = 5});
  EXPECT_EQ(one.next_rating(game.nobody()), two.next_rating(game.nobody()));
  EXPECT_EQ(one.next_choice(game.nobody()), two.next_choice(game.nobody()));
}

TEST(QuestionSelector, SaysWhenMoreAnswersWillNotHelp) {
  const Game game;
  const QuestionSelector selector(game.candidates);
  const Enough before = selector.enough(game.nobody());
  EXPECT_FALSE(before.enough);
  EXPECT_GT(before.expected_gain, 0.2);

  SimulatedUser user(game.population, TasteFamily::Linear, 3);
  std::vector<TasteObservation> seen;
  for (int i = 0; i < 80; ++i) {
    const Candidate& one = game.candidates[static_cast<std::size_t>(i)];
    seen.push_back(rating_of(one.psi, user.rate(one.psi), one.key, i + 1));
  }
  const Enough after = selector.enough(PreferenceModel::fit(game.prior, seen, 0));
  EXPECT_TRUE(after.enough);
  EXPECT_LT(after.expected_gain, 0.05);
  EXPECT_GT(after.probability_top_good, 0.9);
  EXPECT_NE(after.why.find('%'), std::string::npos);
  EXPECT_LT(user.percentile(after.top), 0.1);
}

TEST(QuestionSelector, ExpectedGainIsTheRiseOfTheBestMean) {
  // Two styles, one rating: a simulation of the rating must give the same gain.
  Game game;
  Eigen::VectorXd a = Eigen::VectorXd::Zero(9), b = Eigen::VectorXd::Zero(9);
  a(0) = 1;
  b(0) = -1;
  const QuestionSelector selector({{"a", a}, {"b", b}});
  const PreferenceModel model = game.nobody();
  const double v = model.covariance()(0, 0), noise = model.noise();
  const double moved = v / std::sqrt(v + noise * noise);  // sd of the new mean of w0
  EXPECT_NEAR(selector.enough(model).expected_gain, moved * std::sqrt(2 / std::numbers::pi), 1e-9);
}

TEST(QuestionSelector, RefusesTooFewOrRepeatedStyles) {
  const Game game;
  EXPECT_THROW(QuestionSelector({game.candidates[0]}), Error);
  EXPECT_THROW(QuestionSelector({game.candidates[0], game.candidates[0]}), Error);
}

}  // namespace
}  // namespace atelier::personalization
