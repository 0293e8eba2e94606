#include "atelier/personalization/preference_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/probit.h"
#include "atelier/personalization/simulated_user.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

constexpr int kDim = 6;

PopulationPrior plain_prior(int dim = kDim) {
  PopulationPrior prior = standard_prior("plain", test::random_features(200, dim, 1));
  prior.covariance(0, 1) = prior.covariance(1, 0) = 0.3 * prior.covariance(0, 0);
  prior.mean(2) = 0.4;
  return prior;
}

PreferenceOptions fixed_scale() {
  PreferenceOptions options;
  options.learn_scale = false;
  options.notice_careless = false;
  return options;
}

std::string key(int i) {
  return "style-" + std::to_string(i);
}

std::vector<TasteObservation> ratings(const Eigen::MatrixXd& psi, const Eigen::VectorXd& values) {
  std::vector<TasteObservation> observations;
  for (int i = 0; i < psi.rows(); ++i) {
    observations.push_back(rating_of(psi.row(i).transpose(), values(i), key(i), i + 1));
  }
  return observations;
}

TEST(PreferenceModel, PosteriorOfRatingsEqualsTheClosedForm) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(15, kDim, 2);
  const Eigen::VectorXd values = Eigen::VectorXd::LinSpaced(15, 1, 5);
  const PreferenceModel model = PreferenceModel::fit(prior, ratings(psi, values), 0, fixed_scale());

  // Kriging: condition the joint normal of (w, ratings), the offset integrated out.
  const Eigen::MatrixXd cross = prior.covariance * psi.transpose();
  Eigen::MatrixXd joint = psi * cross;
  joint.array() += prior.rating_offset_sd * prior.rating_offset_sd;
  joint.diagonal().array() += prior.noise * prior.noise;
  const Eigen::VectorXd rest = values - psi * prior.mean - Eigen::VectorXd::Constant(15, prior.rating_offset);
  const Eigen::LDLT<Eigen::MatrixXd> solver(joint);
  EXPECT_TRUE(model.mean().isApprox(prior.mean + cross * solver.solve(rest), 1e-9));
  EXPECT_TRUE(model.covariance().isApprox(prior.covariance - cross * solver.solve(cross.transpose()), 1e-9));
}

/// The log posterior of w for choices, written down directly.
double log_posterior(const PopulationPrior& prior, const std::vector<TasteObservation>& choices,
                     const Eigen::VectorXd& w) {
  const Eigen::Index free = kDim - 1;  // the constant has no variance
  const Eigen::VectorXd rest = (w - prior.mean).head(free);
  double sum = -0.5 * rest.dot(prior.covariance.topLeftCorner(free, free).inverse() * rest);
  for (const TasteObservation& choice : choices) {
    const double d = w.dot(choice.first - choice.second) / (std::numbers::sqrt2 * prior.noise);
    sum += choice.value == 0.5 ? detail::log_tie(d, prior.tie_width).value
                               : detail::log_win(choice.value == 1 ? d : -d, prior.tie_width).value;
  }
  return sum;
}

TEST(PreferenceModel, ChoicesAndTiesAreLaplaceAtTheMode) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(24, kDim, 3);
  std::vector<TasteObservation> choices;
  for (int i = 0; i < 12; ++i) {
    const double value = i % 4 == 3 ? 0.5 : i % 2;
    choices.push_back(choice_of(psi.row(2 * i).transpose(), psi.row(2 * i + 1).transpose(), value, key(2 * i),
                                key(2 * i + 1), i + 1));
  }
  const PreferenceModel model = PreferenceModel::fit(prior, choices, 0, fixed_scale());
  const auto at = [&](const Eigen::VectorXd& w) { return log_posterior(prior, choices, w); };
  constexpr double kStep = 1e-4;
  Eigen::MatrixXd hessian(kDim - 1, kDim - 1);
  for (int i = 0; i + 1 < kDim; ++i) {
    const Eigen::VectorXd a = kStep * Eigen::VectorXd::Unit(kDim, i);
    EXPECT_NEAR((at(model.mean() + a) - at(model.mean() - a)) / (2 * kStep), 0, 1e-5);
    for (int j = 0; j + 1 < kDim; ++j) {
      const Eigen::VectorXd b = kStep * Eigen::VectorXd::Unit(kDim, j);
      hessian(i, j) = (at(model.mean() + a + b) - at(model.mean() + a - b) - at(model.mean() - a + b) +
                       at(model.mean() - a - b)) /
                      (4 * kStep * kStep);
    }
  }
  EXPECT_TRUE(model.covariance().topLeftCorner(kDim - 1, kDim - 1).isApprox((-hessian).inverse(), 1e-4));
}

TEST(PreferenceModel, TheOrderOfAnswersDoesNotMatter) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(20, kDim, 4);
  std::vector<TasteObservation> observations = ratings(psi.topRows(10), Eigen::VectorXd::LinSpaced(10, 1, 5));
  for (int i = 10; i < 18; ++i) {
    observations.push_back(choice_of(psi.row(i).transpose(), psi.row(i + 1).transpose(), 0.5 * (i % 3),
                                     key(i), key(i + 1), i + 1));
  }
  const PreferenceModel first = PreferenceModel::fit(prior, observations, 0);
  std::reverse(observations.begin(), observations.end());
  std::swap(observations[3], observations[11]);
  const PreferenceModel second = PreferenceModel::fit(prior, observations, 0);
  EXPECT_EQ(first.mean(), second.mean());
  EXPECT_EQ(first.covariance(), second.covariance());
}

TEST(PreferenceModel, RecoversAHiddenLinearTaste) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(400, kDim, 5);
  Eigen::VectorXd hidden(kDim);
  hidden << 0.9, -0.5, 0.1, 0.4, -0.7, 0;
  std::mt19937_64 random(6);
  std::vector<TasteObservation> observations;
  for (int i = 0; i < 200; ++i) {
    const Eigen::VectorXd a = psi.row(2 * i).transpose(), b = psi.row(2 * i + 1).transpose();
    const double u = hidden.dot(a) + 0.5 * detail::normal(random),
                 v = hidden.dot(b) + 0.5 * detail::normal(random);
    observations.push_back(i % 2 == 0 ? rating_of(a, 3 + u, key(2 * i), i + 1)
                                      : choice_of(a, b, u > v ? 1 : 0, key(2 * i), key(2 * i + 1), i + 1));
  }
  const PreferenceModel model = PreferenceModel::fit(prior, observations, 0);
  EXPECT_GT(model.mean().normalized().dot(hidden.normalized()), 0.98);
  EXPECT_TRUE(model.learned());
  const Eigen::VectorXd gap = model.mean() - hidden;
  for (int i = 0; i + 1 < kDim; ++i)
    EXPECT_LT(std::abs(gap(i)), 4 * std::sqrt(model.covariance()(i, i)) + 0.1);
}

TEST(PreferenceModel, AMildRatersFourIsAHarshRatersFive) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(30, kDim, 7);
  const Eigen::VectorXd taste = psi.col(0) - 0.5 * psi.col(3);
  const Eigen::VectorXd mild = (3.6 + 0.9 * taste.array()), harsh = (2.6 + 0.9 * taste.array());
  const PreferenceModel a = PreferenceModel::fit(prior, ratings(psi, mild), 0);
  const PreferenceModel b = PreferenceModel::fit(prior, ratings(psi, harsh), 0);
  EXPECT_LT((a.mean() - b.mean()).norm(), 0.05 * a.mean().norm());
  EXPECT_NEAR(a.rating_offset() - b.rating_offset(), 1, 0.1);
  EXPECT_NEAR(a.rating(psi.row(0).transpose()).mean - b.rating(psi.row(0).transpose()).mean, 1, 0.1);
}

TEST(PreferenceModel, LearnsHowWideAPersonSpreadsTheirRatings) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(60, kDim, 8);
  std::mt19937_64 random(9);
  Eigen::VectorXd felt = psi.col(0) + psi.col(3);
  for (double& value : felt) value += 0.6 * detail::normal(random);
  const auto scale_of = [&](double width) {
    return PreferenceModel::fit(prior, ratings(psi, 3 + (width * felt).array()), 0).rating_scale();
  };
  EXPECT_GT(scale_of(1.4), 1.15 * scale_of(0.7));
}

TEST(PreferenceModel, AConstantRaterKeepsThePriorAndIsTold) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(12, kDim, 10);
  const PreferenceModel model =
      PreferenceModel::fit(prior, ratings(psi, Eigen::VectorXd::Constant(12, 5)), 0);
  EXPECT_TRUE(model.mean().isApprox(prior.mean, 1e-12));
  EXPECT_FALSE(model.learned());
  EXPECT_NE(model.why().find("every rating is the same (5)"), std::string::npos) << model.why();
}

TEST(PreferenceModel, RandomRatersKeepThePriorAndAreTold) {
  const Eigen::MatrixXd gallery = test::random_features(120, kDim, 11);
  const PopulationPrior prior = standard_prior("plain", gallery);
  const SimulatedPopulation population(gallery, 1);
  int told = 0;
  for (int person = 0; person < 20; ++person) {
    SimulatedUser careless(population, TasteFamily::Careless, static_cast<std::uint64_t>(person));
    Eigen::VectorXd values(60);
    for (int i = 0; i < 60; ++i) values(i) = careless.rate(gallery.row(i).transpose());
    const PreferenceModel model = PreferenceModel::fit(prior, ratings(gallery.topRows(60), values), 0);
    EXPECT_LT(model.mean().norm(), 0.7);
    if (model.learned()) continue;
    ++told;
    EXPECT_TRUE(model.mean().isApprox(prior.mean, 1e-12));
    EXPECT_NE(model.why().find("random"), std::string::npos);
  }
  EXPECT_GE(told, 15);
}

TEST(PreferenceModel, BelievesCarefulRaters) {
  const Eigen::MatrixXd gallery = test::random_features(120, kDim, 12);
  const PopulationPrior prior = standard_prior("plain", gallery);
  const SimulatedPopulation population(gallery, 1);
  for (int person = 0; person < 20; ++person) {
    SimulatedUser user(population, TasteFamily::Bump, static_cast<std::uint64_t>(person));
    Eigen::VectorXd values(30);
    for (int i = 0; i < 30; ++i) values(i) = user.rate(gallery.row(i).transpose());
    EXPECT_TRUE(PreferenceModel::fit(prior, ratings(gallery.topRows(30), values), 0).learned()) << person;
  }
}

TEST(PreferenceModel, OnlyTiesAreToldToo) {
  const Eigen::MatrixXd psi = test::random_features(16, kDim, 13);
  std::vector<TasteObservation> ties;
  for (int i = 0; i < 8; ++i) {
    ties.push_back(choice_of(psi.row(2 * i).transpose(), psi.row(2 * i + 1).transpose(), 0.5, key(2 * i),
                             key(2 * i + 1), i + 1));
  }
  const PreferenceModel model = PreferenceModel::fit(plain_prior(), ties, 0);
  EXPECT_FALSE(model.learned());
  EXPECT_NE(model.why().find("every choice is a tie"), std::string::npos);
}

TEST(PreferenceModel, NoAnswersGiveThePrior) {
  const PopulationPrior prior = plain_prior();
  const PreferenceModel model = PreferenceModel::fit(prior, std::vector<TasteObservation>{}, 0);
  EXPECT_TRUE(model.mean().isApprox(prior.mean, 1e-12));
  EXPECT_TRUE(model.covariance().isApprox(prior.covariance, 1e-9));
  EXPECT_FALSE(model.learned());
  EXPECT_NE(model.why().find("no answers yet"), std::string::npos);
}

TEST(PreferenceModel, ARepeatedAnswerCountsOnceAndTheLastOneWins) {
  const PopulationPrior prior = plain_prior();
  const Eigen::VectorXd a = test::random_features(2, kDim, 14).row(0),
                        b = test::random_features(2, kDim, 14).row(1);
  const std::vector<TasteObservation> once = {rating_of(a, 5, "a", 9), choice_of(b, a, 0, "b", "a", 10)};
  const std::vector<TasteObservation> often = {rating_of(a, 5, "a", 9), rating_of(a, 1, "a", 3),
                                               choice_of(a, b, 0, "a", "b", 4),
                                               choice_of(b, a, 0, "b", "a", 10)};
  const PreferenceModel first = PreferenceModel::fit(prior, once, 0),
                        second = PreferenceModel::fit(prior, often, 0);
  EXPECT_EQ(first.mean(), second.mean());
  EXPECT_EQ(second.answers_used(), 2U);
}

TEST(PreferenceModel, ContradictionsAndNearDuplicatesStayFinite) {
  const PopulationPrior prior = plain_prior();
  const Eigen::VectorXd a = test::random_features(2, kDim, 15).row(0);
  Eigen::VectorXd almost = a;
  almost(0) += 1e-9;
  std::vector<TasteObservation> observations;
  for (int i = 0; i < 30; ++i) {
    observations.push_back(choice_of(a, almost, i % 2, key(i), key(i + 100), i + 1));
    observations.push_back(rating_of(a, 1 + 4 * (i % 2), key(i), 100 + i));
  }
  const PreferenceModel model = PreferenceModel::fit(prior, observations, 0, fixed_scale());
  EXPECT_TRUE(model.mean().allFinite() && model.covariance().allFinite());
  EXPECT_NEAR(model.difference(a, almost).mean, 0, 1e-6);
  EXPECT_NEAR(model.probability_chosen(a, almost), 0.5, 1e-6);
}

TEST(PreferenceModel, PerfectlyConsistentChoicesDoNotRunAway) {
  const Eigen::MatrixXd psi = test::random_features(1000, kDim, 16);
  std::vector<TasteObservation> choices;
  for (int i = 0; i < 500; ++i) {
    const Eigen::VectorXd a = psi.row(2 * i).transpose(), b = psi.row(2 * i + 1).transpose();
    choices.push_back(choice_of(a, b, a(0) > b(0) ? 1 : 0, key(2 * i), key(2 * i + 1), i + 1));
  }
  const PreferenceModel model = PreferenceModel::fit(plain_prior(), choices, 0);
  EXPECT_LT(model.mean().norm(), 20);
  EXPECT_GT(model.mean()(0), 5 * model.mean().tail(kDim - 1).cwiseAbs().maxCoeff());
  const Eigen::LLT<Eigen::MatrixXd> positive(model.covariance().topLeftCorner(kDim - 1, kDim - 1));
  EXPECT_EQ(positive.info(), Eigen::Success);
}

TEST(PreferenceModel, LikesCountLikeQuietRatings) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(2, kDim, 17);
  const Eigen::VectorXd a = psi.row(0).transpose(), b = psi.row(1).transpose();
  const auto gap_after = [&](storage::AnswerKind first, storage::AnswerKind second) {
    std::vector<TasteObservation> observations = {rating_of(a, 0, "a", 1), rating_of(b, 0, "b", 2)};
    observations[0].kind = first;
    observations[1].kind = second;
    return PreferenceModel::fit(prior, observations, 0).difference(a, b).mean;
  };
  using storage::AnswerKind;
  const double before = PreferenceModel::fit(prior, std::vector<TasteObservation>{}, 0).difference(a, b).mean;
  const double like = gap_after(AnswerKind::Like, AnswerKind::Dislike);
  EXPECT_GT(like, before);
  EXPECT_GT(gap_after(AnswerKind::Save, AnswerKind::Dislike), like);
  EXPECT_GT(gap_after(AnswerKind::Like, AnswerKind::Skip), before);
  EXPECT_LT(gap_after(AnswerKind::Dislike, AnswerKind::Like), before);
  const std::vector<TasteObservation> rated = {rating_of(a, 4.6, "a", 1), rating_of(b, 1.6, "b", 2)};
  EXPECT_GT(PreferenceModel::fit(prior, rated, 0).difference(a, b).mean, like);
}

TEST(PreferenceModel, ASkippedPairSaysNothing) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(2, kDim, 18);
  TasteObservation skip = choice_of(psi.row(0).transpose(), psi.row(1).transpose(), 0, "a", "b", 1);
  skip.kind = storage::AnswerKind::Skip;
  const PreferenceModel model = PreferenceModel::fit(prior, std::vector{skip}, 0);
  EXPECT_TRUE(model.mean().isApprox(prior.mean, 1e-12));
  EXPECT_EQ(model.answers_used(), 0U);
}

TEST(PreferenceModel, ATieBringsUtilitiesTogether) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(2, kDim, 19);
  const Eigen::VectorXd a = psi.row(0).transpose(), b = psi.row(1).transpose();
  const PreferenceModel before = PreferenceModel::fit(prior, std::vector<TasteObservation>{}, 0);
  const PreferenceModel after =
      PreferenceModel::fit(prior, std::vector{choice_of(a, b, 0.5, "a", "b", 1)}, 0);
  EXPECT_LT(std::abs(after.difference(a, b).mean), std::abs(before.difference(a, b).mean));
  EXPECT_LT(after.difference(a, b).sd, before.difference(a, b).sd);
}

TEST(PreferenceModel, OldAnswersFadeAndMoodsCountInPart) {
  const PopulationPrior prior = plain_prior();
  const Eigen::VectorXd a = test::random_features(1, kDim, 20).row(0);
  constexpr std::int64_t kDay = 86400;
  TasteObservation rating = rating_of(a, 5, "a", 1);
  rating.time = 0;
  rating.mood = "calm";
  PreferenceOptions options;
  const auto moved = [&](const std::string& mood, double half_life, double general = 0.5) {
    options.mood = mood;
    options.half_life_days = half_life;
    options.general_weight = general;
    const PreferenceModel model = PreferenceModel::fit(prior, std::vector{rating}, 60 * kDay, options);
    return model.utility(a).mean - prior.mean.dot(a);
  };
  EXPECT_GT(moved("calm", 0), moved("", 0));
  EXPECT_GT(moved("", 0), moved("wild", 0));
  EXPECT_GT(moved("wild", 0), 0);
  EXPECT_GT(moved("calm", 0), moved("calm", 60));
  EXPECT_DOUBLE_EQ(moved("calm", 60), (options.general_weight = 0.5, moved("", 0)));
  EXPECT_DOUBLE_EQ(moved("", 0, 0), 0);
}

TEST(PreferenceModel, SurveyAnswersMoveTheTasteTheyAreAbout) {
  const auto gallery = test::small_gallery();
  const TasteFeatures features = test::small_features(gallery);
  const PopulationPrior prior = standard_prior(features, features.matrix(gallery));
  storage::Answer answer;
  answer.id = 1;
  answer.kind = storage::AnswerKind::Survey;
  answer.question = "saturation";
  answer.value = -1;
  const PreferenceModel model = PreferenceModel::fit(prior, features, std::vector{answer}, 0);
  EXPECT_LT(model.mean()(4), -0.05);
  EXPECT_LT(std::abs(model.mean()(1)), 0.5 * std::abs(model.mean()(4)));
  EXPECT_TRUE(model.learned());
  EXPECT_EQ(model.why(), "learned from 1 survey answer");
  answer.question = "favourite-season";
  EXPECT_FALSE(PreferenceModel::fit(prior, features, std::vector{answer}, 0).learned());
}

TEST(PreferenceModel, SharesOfTheAnswersAddUpToTheWholeDifference) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(20, kDim, 21);
  std::vector<TasteObservation> observations = ratings(psi.topRows(8), Eigen::VectorXd::LinSpaced(8, 1, 5));
  for (int i = 8; i < 18; i += 2) {
    observations.push_back(choice_of(psi.row(i).transpose(), psi.row(i + 1).transpose(), 0.5 * (i % 3),
                                     key(i), key(i + 1), i + 1));
  }
  const PreferenceModel model = PreferenceModel::fit(prior, observations, 0, fixed_scale());
  const Eigen::VectorXd direction = psi.row(19).transpose();
  const auto shares = model.influence(direction, 100);
  EXPECT_EQ(shares.size(), observations.size());
  double sum = 0;
  for (const Influence& share : shares) sum += share.shift;
  EXPECT_NEAR(sum, direction.dot(model.mean() - prior.mean), 1e-6);
  EXPECT_GE(std::abs(shares[0].shift), std::abs(shares[1].shift));
  EXPECT_EQ(observations[shares[0].observation].id, shares[0].answer);
  EXPECT_EQ(model.influence(direction, 3).size(), 3U);
}

TEST(PreferenceModel, AnUndoneAnswerLeavesNoTrace) {
  const PopulationPrior prior = plain_prior();
  const Eigen::MatrixXd psi = test::random_features(500, kDim, 22);
  std::vector<TasteObservation> observations = ratings(psi, Eigen::VectorXd::LinSpaced(500, 1, 5));
  const PreferenceModel before = PreferenceModel::fit(prior, std::span(observations).first(499), 0);
  const PreferenceModel with = PreferenceModel::fit(prior, observations, 0);
  EXPECT_NE(before.mean(), with.mean());
  observations.pop_back();
  EXPECT_EQ(PreferenceModel::fit(prior, observations, 0).mean(), before.mean());
}

TEST(PreferenceModel, RefusesNumbersThatAreNotFiniteAndForeignFeatures) {
  const PopulationPrior prior = plain_prior();
  const Eigen::VectorXd good = test::random_features(1, kDim, 23).row(0);
  Eigen::VectorXd broken = good;
  broken(1) = std::numeric_limits<double>::quiet_NaN();
  const auto fit = [&](const TasteObservation& one) { PreferenceModel::fit(prior, std::vector{one}, 0); };
  EXPECT_THROW(fit(rating_of(broken, 3, "a")), Error);
  EXPECT_THROW(fit(rating_of(good, std::numeric_limits<double>::infinity(), "a")), Error);
  EXPECT_THROW(fit(rating_of(good.head(3), 3, "a")), Error);
  EXPECT_THROW(fit(choice_of(good, good, 2, "a", "b")), Error);
  EXPECT_THROW(fit(choice_of(good, good.head(2), 1, "a", "b")), Error);
  const auto gallery = test::small_gallery();
  EXPECT_THROW(PreferenceModel::fit(prior, test::small_features(gallery), {}, 0), Error);
}

}  // namespace
}  // namespace atelier::personalization
