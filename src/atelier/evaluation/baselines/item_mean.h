#pragma once

#include "atelier/evaluation/rating_predictor.h"

namespace atelier::evaluation {

/// Popularity: r_i = (sum of the ratings of i + global mean) / (their count + 1), the same for everybody.
class ItemMean : public RatingPredictor {
 public:
  std::string name() const override { return "item mean"; }
  std::string formula() const override { return "r_i = mean of what others gave item i"; }
  void train(const TrainingPeople& training) override;
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;

 private:
  Eigen::VectorXd mean_;
};

}  // namespace atelier::evaluation
