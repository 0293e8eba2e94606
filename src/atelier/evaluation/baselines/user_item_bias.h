#pragma once

#include "atelier/evaluation/rating_predictor.h"

namespace atelier::evaluation {

/// How high a person rates in general and how much an item is liked in general:
/// r_ui = m + b_i + a_u + e, a_u ~ N(0, t^2), e ~ N(0, s^2), b_i lightly shrunk; a_u = sum(r - m - b) / (n +
/// s^2/t^2).
class UserItemBias : public RatingPredictor {
 public:
  std::string name() const override { return "user + item bias"; }
  std::string formula() const override { return "r_ui = m + a_u + b_i, a_u shrunk by s^2/t^2"; }
  void train(const TrainingPeople& training) override;
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;

  double item(int item) const { return overall_ + item_[item]; }  ///< m + b_i
  double person(std::span<const CatalogueRating> answers) const;  ///< a_u
  /// r - m - b_i - a_u of each of one person's ratings.
  std::vector<double> residuals(std::span<const CatalogueRating> answers) const;
  double noise_variance() const { return noise_variance_; }    ///< s^2
  double person_variance() const { return person_variance_; }  ///< t^2

 private:
  double overall_ = 0, noise_variance_ = 1, person_variance_ = 1;
  Eigen::VectorXd item_;
};

}  // namespace atelier::evaluation
