#include "atelier/personalization/population_prior.h"

#include <gtest/gtest.h>

#include <cmath>

#include "atelier/core/error.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/simulated_user.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

TEST(StandardPrior, SpreadsUtilitiesByAboutOneStepAndKnowsNobody) {
  const auto gallery = test::small_gallery();
  const TasteFeatures features = test::small_features(gallery);
  const Eigen::MatrixXd psi = features.matrix(gallery);
  const PopulationPrior prior = standard_prior(features, psi);
  EXPECT_TRUE(prior.mean.isZero());
  const Eigen::MatrixXd centred = psi.rowwise() - psi.colwise().mean();
  EXPECT_NEAR((centred * prior.covariance * centred.transpose()).diagonal().mean(), 1, 1e-9);
  EXPECT_EQ(prior.covariance(5, 5), 0);  // how high somebody rates is no taste
  EXPECT_EQ(prior.survey_questions, (std::vector<std::string>{"warmth", "saturation"}));
  EXPECT_EQ(prior.features_id, features.id());
}

/// People whose weights are N(mean, cov) over five features.
struct Crowd {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(6);
  Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(6, 2);
  std::vector<std::vector<TasteObservation>> people;
  std::vector<Eigen::VectorXd> truth;

  explicit Crowd(int count, int answers = 25) {
    mean(0) = 0.6;
    mean(2) = -0.4;
    factor(1, 0) = 0.8;
    factor(3, 0) = -0.6;
    factor(4, 1) = 0.5;
    std::mt19937_64 random(4);
    const Eigen::MatrixXd items = test::random_features(60, 6, 5);
    for (int u = 0; u < count; ++u) {
      Eigen::VectorXd taste = mean;
      for (int k = 0; k < 2; ++k) taste += factor.col(k) * detail::normal(random);
      truth.push_back(taste);
      people.emplace_back();
      const double offset = 3 + 0.5 * detail::normal(random);
      for (int i = 0; i < answers; ++i) {
        const auto at = static_cast<Eigen::Index>(detail::below(random, 60));
        const double rating = offset + taste.dot(items.row(at)) + 0.5 * detail::normal(random);
        people.back().push_back(rating_of(items.row(at).transpose(), rating, std::to_string(at), i + 1));
      }
      TasteObservation survey;
      survey.kind = storage::AnswerKind::Survey;
      survey.question = "fourth";
      survey.value = std::tanh(taste(4)) + 0.1 * detail::normal(random);
      people.back().push_back(survey);
    }
  }

  PopulationPrior start() const {
    PopulationPrior prior = standard_prior("crowd", test::random_features(60, 6, 5));
    prior.survey_questions = {"fourth"};
    prior.survey = Eigen::MatrixXd::Zero(1, 6);
    prior.survey_noise = Eigen::VectorXd::Constant(1, 0.5);
    return prior;
  }
};

TEST(FitPopulationPrior, FindsWhatPeopleShareAndWhereTheyDiffer) {
  const Crowd crowd(150);
  const PopulationPrior prior = fit_population_prior(crowd.people, crowd.start());
  Eigen::VectorXd average = Eigen::VectorXd::Zero(6);
  for (const Eigen::VectorXd& taste : crowd.truth) average += taste / 150;
  EXPECT_LT((prior.mean - average).norm(), 0.1);
  const Eigen::MatrixXd truth = crowd.factor * crowd.factor.transpose();
  EXPECT_LT((prior.covariance - truth).norm(), 0.35 * truth.norm());
  EXPECT_LT(prior.covariance(1, 3), -0.25);
  EXPECT_NEAR(prior.noise, 0.5, 0.08);
  EXPECT_NEAR(prior.rating_offset, 3, 0.15);
  EXPECT_NEAR(prior.rating_offset_sd, 0.5, 0.15);
  EXPECT_EQ(prior.people, 150);
  EXPECT_EQ(prior.covariance(5, 5), 0);
}

TEST(FitPopulationPrior, LearnsWhatASurveyQuestionSays) {
  const Crowd crowd(150);
  const PopulationPrior prior = fit_population_prior(crowd.people, crowd.start());
  EXPECT_GT(prior.survey(0, 4), 0.4);
  EXPECT_LT(prior.survey_noise(0), 0.3);
  TasteObservation answer;
  answer.kind = storage::AnswerKind::Survey;
  answer.question = "fourth";
  answer.value = 0.8;
  EXPECT_GT(PreferenceModel::fit(prior, std::vector{answer}, 0).mean()(4), 0.3);
}

TEST(FitPopulationPrior, HelpsNewPeopleWithFewAnswers) {
  const Crowd crowd(160);
  const std::vector<std::vector<TasteObservation>> known(crowd.people.begin(), crowd.people.begin() + 130);
  const PopulationPrior fitted = fit_population_prior(known, crowd.start());
  double with = 0, without = 0;
  for (std::size_t u = 130; u < 160; ++u) {
    const auto few = std::span(crowd.people[u]).first(4);
    with += (PreferenceModel::fit(fitted, few, 0).mean() - crowd.truth[u]).norm();
    without += (PreferenceModel::fit(crowd.start(), few, 0).mean() - crowd.truth[u]).norm();
  }
  EXPECT_LT(with, 0.75 * without);
}

TEST(FitPopulationPrior, RefusesASinglePerson) {
  const Crowd crowd(2);
  EXPECT_THROW(fit_population_prior(std::span(crowd.people).first(1), crowd.start()), Error);
  EXPECT_THROW(fit_population_prior(std::vector<std::vector<TasteObservation>>(5), crowd.start()), Error);
  PopulationPrior broken = crowd.start();
  broken.survey.resize(0, 6);
  EXPECT_THROW(fit_population_prior(crowd.people, broken), Error);
}

TEST(PopulationPrior, SurvivesTheFile) {
  const Crowd crowd(20);
  const PopulationPrior prior = fit_population_prior(crowd.people, crowd.start(), {.rounds = 3});
  const PopulationPrior again = PopulationPrior::parse(prior.to_text(), "prior.json");
  EXPECT_EQ(again.mean, prior.mean);
  EXPECT_EQ(again.covariance, prior.covariance);
  EXPECT_EQ(again.survey, prior.survey);
  EXPECT_EQ(again.survey_noise, prior.survey_noise);
  EXPECT_EQ(again.noise, prior.noise);
  EXPECT_EQ(again.features_id, prior.features_id);
  EXPECT_EQ(again.to_text(), prior.to_text());
}

TEST(PopulationPrior, RefusesBrokenFiles) {
  const std::string good = Crowd(2).start().to_text();
  const auto broken = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& text :
       {std::string("["), std::string("{}"), broken("\"noise\":0.7", "\"noise\":-1"),
        broken("\"noise\":0.7", "\"noise\":null"),
        broken("\"atelier_population_prior\":2", "\"atelier_population_prior\":7"),
        broken("\"mean\":[0.0,", "\"mean\":[0.0,0.0,"),
        broken("\"covariance\":[[0", "\"covariance\":[[-1")}) {
    EXPECT_THROW(PopulationPrior::parse(text, "prior.json"), Error) << text;
  }
}

/// A catalogue with three tastes in it, each person seeing half.
std::vector<std::vector<CatalogueRating>> catalogue(int people, int items,
                                                    std::vector<Eigen::VectorXd>& truth) {
  std::mt19937_64 random(8);
  Eigen::MatrixXd factors(items, 3);
  Eigen::VectorXd means(items);
  for (int i = 0; i < items; ++i) {
    means(i) = 0.5 * detail::normal(random);
    for (int k = 0; k < 3; ++k) factors(i, k) = 0.6 * detail::normal(random);
  }
  std::vector<std::vector<CatalogueRating>> ratings;
  for (int u = 0; u < people; ++u) {
    Eigen::Vector3d taste(detail::normal(random), detail::normal(random), detail::normal(random));
    truth.emplace_back(means + factors * taste);
    ratings.emplace_back();
    const double offset = 4 + detail::normal(random);
    for (int i = 0; i < items; ++i) {
      if (detail::uniform(random) < 0.5)
        ratings.back().push_back({i, offset + truth.back()(i) + 0.4 * detail::normal(random)});
    }
  }
  return ratings;
}

TEST(ItemFactors, PredictItemsANewPersonNeverSaw) {
  std::vector<Eigen::VectorXd> truth;
  const auto ratings = catalogue(90, 40, truth);
  const ItemFactors factors =
      fit_item_factors(std::span(ratings).first(70), Eigen::MatrixXd::Zero(40, 0), "catalogue",
                       {.factors = 6, .rounds = 20, .content_strength = 0.5});
  double of_model = 0, of_mean = 0;
  for (std::size_t u = 70; u < 90; ++u) {
    std::vector<TasteObservation> seen;
    for (const CatalogueRating& rating : ratings[u]) {
      seen.push_back(
          rating_of(factors.psi.row(rating.item).transpose(), rating.value, std::to_string(rating.item)));
    }
    const PreferenceModel model = PreferenceModel::fit(factors.prior, seen, 0);
    const auto correlation = [&](const Eigen::VectorXd& guess) {
      const Eigen::VectorXd a = guess.array() - guess.mean(), b = truth[u].array() - truth[u].mean();
      return a.dot(b) / (a.norm() * b.norm());
    };
    of_model += correlation(factors.psi * model.mean()) / 20;
    of_mean += correlation(factors.psi.col(0)) / 20;
  }
  EXPECT_GT(of_model, 0.9);
  EXPECT_LT(of_mean, 0.7);
}

TEST(ItemFactors, RefuseWhatIsNotInTheCatalogue) {
  std::vector<Eigen::VectorXd> truth;
  auto ratings = catalogue(4, 10, truth);
  const Eigen::MatrixXd nothing = Eigen::MatrixXd::Zero(10, 0);
  ratings[1][0].item = 10;
  EXPECT_THROW(fit_item_factors(ratings, nothing, "c"), Error);
  ratings[1][0] = {0, std::nan("")};
  EXPECT_THROW(fit_item_factors(ratings, nothing, "c"), Error);
  EXPECT_THROW(fit_item_factors(std::span(ratings).first(1), nothing, "c"), Error);
  EXPECT_THROW(fit_item_factors(ratings, nothing, "c", {.factors = 0}), Error);
}

}  // namespace
}  // namespace atelier::personalization
