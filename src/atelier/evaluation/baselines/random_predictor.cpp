#include "atelier/evaluation/baselines/random_predictor.h"

#include <random>

namespace atelier::evaluation {

std::vector<RatingPrediction> RandomPredictor::predict(std::span<const CatalogueRating> answers,
                                                       std::span<const int> items) const {
  std::uint64_t state = seed_;
  for (const CatalogueRating& answer : answers) state = state * 31 + static_cast<std::uint64_t>(answer.item);
  for (const int item : items) state = state * 37 + static_cast<std::uint64_t>(item);
  std::mt19937_64 random(state);
  std::vector<RatingPrediction> predictions(items.size());
  for (RatingPrediction& prediction : predictions) {
    prediction.mean = static_cast<double>(random() >> 11) * 0x1p-53;
  }
  return predictions;
}

}  // namespace atelier::evaluation
