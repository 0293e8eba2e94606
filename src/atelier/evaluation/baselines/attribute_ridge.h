#pragma once

#include "atelier/evaluation/baselines/user_item_bias.h"
#include "atelier/evaluation/rating_predictor.h"

namespace atelier::evaluation {

/// One ridge regression a person on what is known about the items: w = (X'X + L)^-1 X'(r - start), r_i =
/// start_i + x_i w. The start is the person's own mean, or user + item bias with `popularity`. X is
/// standardised with rows of mean squared length 1; L is the one of 0.1, 0.3 .. 100 that predicts the
/// training people best from 12 answers.
class AttributeRidge : public RatingPredictor {
 public:
  explicit AttributeRidge(bool popularity) : popularity_(popularity) {}

  std::string name() const override {
    return popularity_ ? "ridge on attributes + popularity" : "ridge on attributes";
  }
  std::string formula() const override {
    return popularity_ ? "r_ui = m + a_u + b_i + x_i w_u" : "r_ui = mean_u + x_i w_u, w_u by ridge";
  }
  void train(const TrainingPeople& training) override;
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;

  double strength() const { return strength_; }  ///< L

 private:
  double start(int item, double offset) const { return popularity_ ? bias_.item(item) + offset : offset; }

  bool popularity_;
  double strength_ = 1, overall_ = 0;
  UserItemBias bias_;
  Eigen::MatrixXd content_;
};

}  // namespace atelier::evaluation
