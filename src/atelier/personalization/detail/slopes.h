#pragma once

#include <Eigen/Dense>
#include <span>

#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/taste_features.h"

namespace atelier::personalization::detail {

/// Half width of a 90 % interval of a normal number, in standard deviations.
inline constexpr double kNinetyPercent = 1.6448536269514722;

Eigen::MatrixXd rows_of(std::span<const Candidate> candidates);

/// [attributes][dim]: row a times w is the utility gained, over the gallery, by one standard deviation of the
/// gallery more of attribute a, with all that goes along with it: cov(psi_a, psi) / sd(psi_a). Zero for an
/// attribute that does not vary.
Eigen::MatrixXd slope_directions(const Eigen::MatrixXd& gallery, const TasteFeatures& features);

}  // namespace atelier::personalization::detail
