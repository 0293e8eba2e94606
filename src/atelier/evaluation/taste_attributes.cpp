#include "atelier/evaluation/taste_attributes.h"

#include <algorithm>
#include <cmath>

#include "atelier/evaluation/detail/catalogue_answers.h"
#include "atelier/evaluation/detail/few_answers.h"

namespace atelier::evaluation {
namespace {

constexpr Eigen::Index kDirections = 24;
constexpr int kRounds = 12;  // of EM; more changes the third digit

// Coordinates along the main directions, each with sd 1 or, when it explains little, less.
Eigen::MatrixXd main_directions(const Eigen::MatrixXd& rows) {
  if (rows.cols() == 0) return rows;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(rows.transpose() * rows);
  const Eigen::Index count = std::min(kDirections, rows.cols());
  Eigen::MatrixXd coordinates = rows * solver.eigenvectors().rightCols(count);
  const double largest =
      std::sqrt(coordinates.colwise().squaredNorm().maxCoeff() / static_cast<double>(rows.rows()));
  return largest > 0 ? Eigen::MatrixXd(coordinates / largest) : coordinates;
}

}  // namespace

void TasteAttributes::train(const TrainingPeople& training) {
  const Eigen::MatrixXd directions =
      main_directions(detail::standardised_rows(training.content, training.items));
  psi_.resize(training.items, directions.cols() + 1);
  psi_ << directions, Eigen::VectorXd::Ones(training.items);
  personalization::PopulationPrior start = personalization::standard_prior("attributes", psi_);
  double sum = 0, count = 0;
  for (const auto& person : training.people) {
    for (const CatalogueRating& rating : person) {
      sum += rating.value;
      ++count;
    }
  }
  if (count > 0) start.rating_offset = sum / count;
  // The standard prior speaks of a scale of five steps.
  const double steps = (training.high - training.low) / 4;
  start.covariance *= steps * steps;
  start.noise *= steps;
  start.rating_offset_sd *= steps;
  std::vector<std::vector<personalization::TasteObservation>> people;
  for (const auto& person : training.people) people.push_back(detail::observations(person, psi_));
  personalization::PopulationFitOptions options;
  options.rounds = kRounds;
  prior_ = personalization::fit_population_prior(people, start, options);
}

std::vector<RatingPrediction> TasteAttributes::predict(std::span<const CatalogueRating> answers,
                                                       std::span<const int> items) const {
  const auto model = personalization::PreferenceModel::fit(prior_, detail::observations(answers, psi_), 0);
  return detail::predicted_ratings(model, psi_, items);
}

}  // namespace atelier::evaluation
