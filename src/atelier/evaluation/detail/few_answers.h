#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <vector>

#include "atelier/evaluation/rating_predictor.h"

namespace atelier::evaluation::detail {

/// Mean squared error of `predictor` on the rest of each person's ratings after 12 of them (or half, if
/// fewer), drawn by `seed`; at most 80 people. For choosing one setting of a baseline.
double error_after_few_answers(const RatingPredictor& predictor,
                               std::span<const std::vector<CatalogueRating>> people, std::uint64_t seed);

/// Columns of mean 0 and sd 1, the whole scaled so that rows have a mean squared length of 1. No column:
/// [items][0].
Eigen::MatrixXd standardised_rows(const Eigen::MatrixXd& content, int items);

}  // namespace atelier::evaluation::detail
