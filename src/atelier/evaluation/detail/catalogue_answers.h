#pragma once

#include <Eigen/Dense>
#include <span>
#include <vector>

#include "atelier/evaluation/rating_predictor.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/taste_observation.h"

namespace atelier::evaluation::detail {

/// Ratings of a catalogue as the taste model sees them; psi has one row an item.
std::vector<personalization::TasteObservation> observations(std::span<const CatalogueRating> answers,
                                                            const Eigen::MatrixXd& psi);

std::vector<RatingPrediction> predicted_ratings(const personalization::PreferenceModel& model,
                                                const Eigen::MatrixXd& psi, std::span<const int> items);

}  // namespace atelier::evaluation::detail
