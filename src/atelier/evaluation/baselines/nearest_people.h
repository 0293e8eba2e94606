#pragma once

#include "atelier/evaluation/baselines/user_item_bias.h"
#include "atelier/evaluation/rating_predictor.h"

namespace atelier::evaluation {

/// kNN over users: r_ui = m + a_u + b_i + sum_v s_uv d_vi / (sum_v s_uv + 1) over the 60 most similar people
/// v who rated i; d: residuals of user + item bias, s_uv = their correlation over shared items, times n / (n
/// + 10).
class NearestPeople : public RatingPredictor {
 public:
  std::string name() const override { return "kNN over people"; }
  std::string formula() const override {
    return "bias + similarity-weighted residuals of the 60 nearest people";
  }
  void train(const TrainingPeople& training) override;
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;

 private:
  UserItemBias bias_;
  Eigen::MatrixXd residuals_;  ///< [items][people], not-a-number where nothing was said
};

}  // namespace atelier::evaluation
