#include "atelier/evaluation/baselines/attribute_ridge.h"

#include <cmath>
#include <limits>

#include "atelier/evaluation/detail/few_answers.h"

namespace atelier::evaluation {
namespace {

constexpr double kStrengths[] = {0.1, 0.3, 1, 3, 10, 30, 100};

}  // namespace

void AttributeRidge::train(const TrainingPeople& training) {
  bias_.train(training);
  content_ = detail::standardised_rows(training.content, training.items);
  overall_ = 0;
  double count = 0;
  for (const auto& person : training.people) {
    for (const CatalogueRating& rating : person) {
      overall_ += rating.value;
      ++count;
    }
  }
  overall_ = count > 0 ? overall_ / count : (training.low + training.high) / 2;

  double best = std::numeric_limits<double>::infinity(), chosen = strength_;
  for (const double strength : kStrengths) {
    strength_ = strength;
    const double error = detail::error_after_few_answers(*this, training.people, training.seed);
    if (error < best) {
      best = error;
      chosen = strength;
    }
  }
  strength_ = chosen;
}

std::vector<RatingPrediction> AttributeRidge::predict(std::span<const CatalogueRating> answers,
                                                      std::span<const int> items) const {
  double offset = popularity_ ? bias_.person(answers) : overall_;
  if (!popularity_) {
    for (const CatalogueRating& answer : answers) offset += answer.value;
    offset /= static_cast<double>(answers.size() + 1);
  }
  const auto n = static_cast<Eigen::Index>(answers.size());
  Eigen::MatrixXd x(n, content_.cols());
  Eigen::VectorXd r(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const CatalogueRating& answer = answers[static_cast<std::size_t>(i)];
    x.row(i) = content_.row(answer.item);
    r[i] = answer.value - start(answer.item, offset);
  }
  // The dual form: n answers are fewer than columns more often than not.
  Eigen::MatrixXd gram = x * x.transpose();
  gram.diagonal().array() += strength_;
  const Eigen::VectorXd w = x.transpose() * gram.ldlt().solve(r);
  std::vector<RatingPrediction> predictions;
  for (const int item : items) predictions.push_back({start(item, offset) + content_.row(item).dot(w), 0});
  return predictions;
}

}  // namespace atelier::evaluation
