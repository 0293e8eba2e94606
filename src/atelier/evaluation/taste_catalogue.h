#pragma once

#include "atelier/evaluation/rating_predictor.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/preference_model.h"

namespace atelier::evaluation {

/// The taste model on a catalogue that other people have rated: personalization::fit_item_factors gives
/// features and population prior, personalization::PreferenceModel the person's posterior, its rating() the
/// prediction.
class TasteCatalogue : public RatingPredictor {
 public:
  explicit TasteCatalogue(const personalization::ItemFactorOptions& options = {}) : options_(options) {}

  std::string name() const override { return "taste model"; }
  std::string formula() const override {
    return "Bayes: w ~ N(m, S) learned from others, r = a_u + s_u (w . psi_i + e), psi learned item factors";
  }
  void train(const TrainingPeople& training) override;
  std::vector<RatingPrediction> predict(std::span<const CatalogueRating> answers,
                                        std::span<const int> items) const override;
  /// QuestionSelector's choice by variance: what a learning curve over all items asks for.
  int next_question(std::span<const CatalogueRating> answers, std::span<const int> pool) const override;

 private:
  personalization::PreferenceModel fit(std::span<const CatalogueRating> answers) const;

  personalization::ItemFactorOptions options_;
  personalization::ItemFactors factors_;
};

}  // namespace atelier::evaluation
