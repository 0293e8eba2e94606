#include "atelier/evaluation/baselines/user_item_bias.h"

#include <algorithm>
#include <cmath>

namespace atelier::evaluation {
namespace {

constexpr int kRounds = 10;
constexpr double kItemShrinkage = 1;

}  // namespace

void UserItemBias::train(const TrainingPeople& training) {
  item_ = Eigen::VectorXd::Zero(training.items);
  double sum = 0, count = 0;
  for (const auto& person : training.people) {
    for (const CatalogueRating& rating : person) {
      sum += rating.value;
      ++count;
    }
  }
  overall_ = count > 0 ? sum / count : (training.low + training.high) / 2;
  noise_variance_ = person_variance_ = 1;
  for (int round = 0; round < kRounds; ++round) {
    Eigen::VectorXd item_sum = Eigen::VectorXd::Zero(training.items), item_count = item_sum;
    double square_error = 0, square_offset = 0, people = 0;
    for (const auto& ratings : training.people) {
      if (ratings.empty()) continue;
      const double offset = person(ratings);
      const double offset_variance =
          1 / (static_cast<double>(ratings.size()) / noise_variance_ + 1 / person_variance_);
      square_offset += offset * offset + offset_variance;
      ++people;
      for (const CatalogueRating& rating : ratings) {
        const double error = rating.value - overall_ - offset - item_[rating.item];
        square_error += error * error + offset_variance;
        item_sum[rating.item] += rating.value - overall_ - offset;
        ++item_count[rating.item];
      }
    }
    if (count == 0) return;
    item_ = item_sum.array() / (item_count.array() + kItemShrinkage);
    noise_variance_ = std::max(1e-6, square_error / count);
    person_variance_ = std::max(1e-6, square_offset / people);
  }
}

double UserItemBias::person(std::span<const CatalogueRating> answers) const {
  double sum = 0;
  for (const CatalogueRating& answer : answers) sum += answer.value - item(answer.item);
  return sum / (static_cast<double>(answers.size()) + noise_variance_ / person_variance_);
}

std::vector<double> UserItemBias::residuals(std::span<const CatalogueRating> answers) const {
  const double offset = person(answers);
  std::vector<double> residuals;
  for (const CatalogueRating& answer : answers)
    residuals.push_back(answer.value - item(answer.item) - offset);
  return residuals;
}

std::vector<RatingPrediction> UserItemBias::predict(std::span<const CatalogueRating> answers,
                                                    std::span<const int> items) const {
  const double offset = person(answers);
  const double sd = std::sqrt(
      noise_variance_ + 1 / (static_cast<double>(answers.size()) / noise_variance_ + 1 / person_variance_));
  std::vector<RatingPrediction> predictions;
  for (const int i : items) predictions.push_back({item(i) + offset, sd});
  return predictions;
}

}  // namespace atelier::evaluation
