#include "atelier/evaluation/baselines/item_mean.h"

namespace atelier::evaluation {

void ItemMean::train(const TrainingPeople& training) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(training.items), count = sum;
  for (const auto& person : training.people) {
    for (const CatalogueRating& rating : person) {
      sum[rating.item] += rating.value;
      ++count[rating.item];
    }
  }
  const double overall = count.sum() > 0 ? sum.sum() / count.sum() : (training.low + training.high) / 2;
  mean_ = (sum.array() + overall) / (count.array() + 1);
}

std::vector<RatingPrediction> ItemMean::predict(std::span<const CatalogueRating>,
                                                std::span<const int> items) const {
  std::vector<RatingPrediction> predictions;
  for (const int item : items) predictions.push_back({mean_[item], 0});
  return predictions;
}

}  // namespace atelier::evaluation
