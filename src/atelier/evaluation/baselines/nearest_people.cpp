#include "atelier/evaluation/baselines/nearest_people.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace atelier::evaluation {
namespace {

constexpr std::size_t kNeighbours = 60;
constexpr double kFewShared = 10;
constexpr double kPull = 1;  // towards the bias when the neighbours are few or unlike

}  // namespace

void NearestPeople::train(const TrainingPeople& training) {
  bias_.train(training);
  residuals_ = Eigen::MatrixXd::Constant(training.items, static_cast<Eigen::Index>(training.people.size()),
                                         std::nan(""));
  for (std::size_t person = 0; person < training.people.size(); ++person) {
    const std::vector<double> residuals = bias_.residuals(training.people[person]);
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      residuals_(training.people[person][i].item, static_cast<Eigen::Index>(person)) = residuals[i];
    }
  }
}

std::vector<RatingPrediction> NearestPeople::predict(std::span<const CatalogueRating> answers,
                                                     std::span<const int> items) const {
  const std::vector<double> own = bias_.residuals(answers);
  std::vector<std::pair<double, Eigen::Index>> similar;
  for (Eigen::Index person = 0; person < residuals_.cols(); ++person) {
    double ab = 0, aa = 0, bb = 0, shared = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const double other = residuals_(answers[i].item, person);
      if (std::isnan(other)) continue;
      ab += own[i] * other;
      aa += own[i] * own[i];
      bb += other * other;
      ++shared;
    }
    if (ab > 0) similar.emplace_back(ab / std::sqrt(aa * bb) * shared / (shared + kFewShared), person);
  }
  std::sort(similar.begin(), similar.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });

  const double offset = bias_.person(answers);
  std::vector<RatingPrediction> predictions;
  for (const int item : items) {
    double sum = 0, weight = 0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < similar.size() && used < kNeighbours; ++i) {
      const double residual = residuals_(item, similar[i].second);
      if (std::isnan(residual)) continue;
      sum += similar[i].first * residual;
      weight += similar[i].first;
      ++used;
    }
    predictions.push_back({bias_.item(item) + offset + sum / (weight + kPull), 0});
  }
  return predictions;
}

}  // namespace atelier::evaluation
