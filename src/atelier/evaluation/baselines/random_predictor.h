#pragma once

#include "atelier/evaluation/rating_predictor.h"

namespace atelier::evaluation {

/// score = a number drawn from (seed, item, answers): what knowing nothing is worth.
class RandomPredictor : public RatingPredictor {
 public:
  std::string name() const override { return "random"; }
  std::string formula() const override { return "uniform(0, 1)"; }
  bool on_scale() const override { return false; }
  void train(const TrainingPeople& training) override { seed_ = training.seed; }
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;

 private:
  std::uint64_t seed_ = 1;
};

}  // namespace atelier::evaluation
