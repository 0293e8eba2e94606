#pragma once

#include "atelier/evaluation/rating_predictor.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/preference_model.h"

namespace atelier::evaluation {

/// The taste model for items nobody has rated: psi are the item's attributes alone (the 24 main directions of
/// the content), the prior is learned from other people by personalization::fit_population_prior. What it
/// predicts for a style that was added today.
class TasteAttributes : public RatingPredictor {
 public:
  std::string name() const override { return "taste model, attributes only"; }
  std::string formula() const override {
    return "the same with psi_i = attributes of the item, nobody's rating of it";
  }
  void train(const TrainingPeople& training) override;
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;

 private:
  Eigen::MatrixXd psi_;  ///< [items][directions + 1]
  personalization::PopulationPrior prior_;
};

}  // namespace atelier::evaluation
