#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/ideal_tastes.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/preference_model.h"
#include "personalization/small_taste.h"

namespace atelier::personalization {
namespace {

struct IdealTaste : testing::Test {
  std::vector<storage::Subject> gallery = test::small_gallery();
  TasteFeatures features = test::small_features(gallery);
  Eigen::MatrixXd psi = features.matrix(gallery);
  PopulationPrior prior = standard_prior(features, psi);
  PopulationPrior leaning_only = [this] {
    PopulationPrior same = prior;
    same.ideal = {};
    return same;
  }();

  /// Utilities of somebody whose favourite is style `favourite`, sd 1.
  Eigen::VectorXd near(Eigen::Index favourite) const {
    Eigen::VectorXd liked = -(psi.rowwise() - psi.row(favourite)).rowwise().squaredNorm();
    liked.array() -= liked.mean();
    return liked / std::sqrt(liked.squaredNorm() / static_cast<double>(liked.size()));
  }
  Eigen::VectorXd along(Eigen::Index feature) const {
    Eigen::VectorXd liked = psi.col(feature).array() - psi.col(feature).mean();
    return liked / std::sqrt(liked.squaredNorm() / static_cast<double>(liked.size()));
  }
  /// Ratings of every `step`th style.
  std::vector<TasteObservation> rated(const Eigen::VectorXd& liked, Eigen::Index step,
                                      unsigned seed = 1) const {
    std::mt19937_64 random(seed);
    std::vector<TasteObservation> answers;
    for (Eigen::Index i = 0; i < psi.rows(); i += step) {
      const double value = 3 + liked(i) + 0.3 * detail::normal(random);
      answers.push_back(
          rating_of(psi.row(i).transpose(), value, gallery[static_cast<std::size_t>(i)].style, i + 1));
    }
    return answers;
  }
  static Eigen::Index best(const PreferenceModel& model, const Eigen::MatrixXd& rows) {
    Eigen::Index top = 0;
    model.joint(rows).mean.maxCoeff(&top);
    return top;
  }
};

TEST_F(IdealTaste, IsFoundBesideStylesThatALineWouldPrefer) {
  int found = 0, found_by_line = 0;
  for (Eigen::Index favourite = 1; favourite < 40; favourite += 2) {  // the ratings are of even ones
    const auto answers = rated(near(favourite), 2);
    const PreferenceModel model = PreferenceModel::fit(prior, answers, 0);
    found += best(model, psi) == favourite ? 1 : 0;
    found_by_line += best(PreferenceModel::fit(leaning_only, answers, 0), psi) == favourite ? 1 : 0;
  }
  EXPECT_GE(found, 15);
  EXPECT_LT(found_by_line, found);
}

TEST_F(IdealTaste, IsNotImaginedForSomebodyWhoLeans) {
  const auto answers = rated(along(0), 2);
  const PreferenceModel model = PreferenceModel::fit(prior, answers, 0);
  EXPECT_LT(model.favourite_probability(), 0.2);
  EXPECT_GT(PreferenceModel::fit(prior, rated(near(7), 2), 0).favourite_probability(), 0.8);
  EXPECT_GT(model.slope(Eigen::VectorXd::Unit(6, 0)).mean, 0.3);
}

TEST_F(IdealTaste, HasTheSameWeightsAsItsFeatures) {
  const detail::IdealTastes favourites(prior);
  const Eigen::VectorXd care = Eigen::VectorXd::LinSpaced(6, 0.2, 1.4);
  const TasteObservation seen = favourites.seen(3, rating_of(psi.row(11).transpose(), 4, "x"));
  Eigen::VectorXd both(12);
  both << psi.row(11).transpose(), psi.row(11).transpose().array().square().matrix();
  EXPECT_NEAR(favourites.theta(3, care).dot(both), care.dot(seen.first), 1e-9);
  const Eigen::MatrixXd covariance = care * care.transpose();
  EXPECT_NEAR(both.dot(favourites.theta_covariance(3, covariance) * both), std::pow(care.dot(seen.first), 2),
              1e-9);
}

TEST_F(IdealTaste, HasUtilitiesOfAboutOneStepOverTheGallery) {
  const detail::IdealTastes favourites(prior);
  for (Eigen::Index c = 0; c < favourites.count(); ++c) {
    const Eigen::VectorXd theta = favourites.theta(c, prior.ideal.care);
    const Eigen::VectorXd liked = psi * theta.head(6) + psi.array().square().matrix() * theta.tail(6);
    EXPECT_NEAR(liked.mean(), 0, 1e-9) << c;
    EXPECT_NEAR(liked.squaredNorm() / 40, 1, 1e-6) << c;
    Eigen::Index top = 0;
    liked.maxCoeff(&top);
    EXPECT_EQ(top, c);
  }
}

TEST_F(IdealTaste, PredictionsOfOneAndOfManyAgree) {
  const PreferenceModel model = PreferenceModel::fit(prior, rated(near(5), 4), 0);
  const JointBelief joint = model.joint(psi);
  const Prediction one = model.utility(psi.row(8).transpose());
  EXPECT_NEAR(one.mean, joint.mean(8), 1e-9);
  EXPECT_NEAR(one.sd, std::sqrt(joint.covariance(8, 8)), 1e-9);
  const Prediction gap = model.difference(psi.row(8).transpose(), psi.row(9).transpose());
  EXPECT_NEAR(gap.mean, joint.mean(8) - joint.mean(9), 1e-9);
  EXPECT_NEAR(gap.sd * gap.sd, joint.covariance(8, 8) + joint.covariance(9, 9) - 2 * joint.covariance(8, 9),
              1e-8);
  EXPECT_NEAR(model.utilities(psi)[8].mean, one.mean, 1e-9);
  std::mt19937_64 random(1);
  EXPECT_TRUE(model.drawn(psi, 0, random).isApprox(joint.mean, 1e-9));
}

TEST_F(IdealTaste, DoesNotDependOnTheOrderOfAnswers) {
  auto answers = rated(near(5), 2);
  for (int i = 0; i < 6; ++i) {
    answers.push_back(choice_of(psi.row(i).transpose(), psi.row(i + 9).transpose(), i % 2, std::to_string(i),
                                std::to_string(i + 9), 100 + i));
  }
  const PreferenceModel first = PreferenceModel::fit(prior, answers, 0);
  std::reverse(answers.begin(), answers.end());
  const PreferenceModel second = PreferenceModel::fit(prior, answers, 0);
  EXPECT_EQ(first.joint(psi).mean, second.joint(psi).mean);
  EXPECT_EQ(first.covariance(), second.covariance());
}

TEST_F(IdealTaste, SharesAreLearnedFromPeople) {
  std::vector<std::vector<TasteObservation>> with, without;
  for (unsigned u = 0; u < 20; ++u) {
    with.push_back(rated(near(u), 2, u));
    without.push_back(rated(u % 2 == 0 ? along(u % 3) : Eigen::VectorXd(-along(u % 3)), 2, u));
  }
  const PopulationFitOptions few{.rounds = 6};
  EXPECT_GT(fit_population_prior(with, prior, few).ideal.share, 0.6);
  EXPECT_LT(fit_population_prior(without, prior, few).ideal.share, 0.15);
  EXPECT_EQ(fit_population_prior(with, leaning_only, few).ideal.share, 0);
}

TEST_F(IdealTaste, SurvivesThePriorsFile) {
  const PopulationPrior again = PopulationPrior::parse(prior.to_text(), "prior.json");
  EXPECT_EQ(again.ideal.share, prior.ideal.share);
  EXPECT_EQ(again.ideal.styles, prior.ideal.styles);
  EXPECT_EQ(again.ideal.care, prior.ideal.care);
  EXPECT_EQ(again.ideal.care_covariance, prior.ideal.care_covariance);
  EXPECT_EQ(again.to_text(), prior.to_text());
}

TEST_F(IdealTaste, IsUnknownToPriorsOfVersionOne) {
  std::string text = leaning_only.to_text();
  const std::string now = "\"atelier_population_prior\":2";
  text.replace(text.find(now), now.size(), "\"atelier_population_prior\":1");
  const PopulationPrior old = PopulationPrior::parse(text, "prior.json");
  EXPECT_EQ(old.ideal.share, 0);
  EXPECT_EQ(PreferenceModel::fit(old, rated(near(7), 2), 0).favourite_probability(), 0);
}

TEST_F(IdealTaste, RefusesABrokenFile) {
  const std::string good = prior.to_text();
  const auto broken = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from, text.find("\"ideal\""));
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const std::string& text :
       {broken("\"share\":0.2", "\"share\":1.2"), broken("\"share\":0.2", "\"share\":-0.2"),
        broken("\"care\":[1.0,", "\"care\":["), broken("\"ideal\":{", "\"ideal\":[],\"other\":{")}) {
    EXPECT_THROW(PopulationPrior::parse(text, "prior.json"), Error) << text.substr(0, 80);
  }
}

}  // namespace
}  // namespace atelier::personalization
