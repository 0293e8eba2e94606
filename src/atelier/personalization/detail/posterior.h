#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/taste_observation.h"

namespace atelier::personalization::detail {

/// The prior in white coordinates: w = mean + factor v, v ~ N(0, I). Directions without variance drop out, so
/// a singular covariance is no special case.
struct WhitePrior {
  explicit WhitePrior(const PopulationPrior& prior);

  Eigen::VectorXd mean;
  Eigen::MatrixXd factor;  ///< [dim][rank]
};

/// Error BadData "taste.answer" for features of a wrong size, numbers that are not finite.
void require_good(std::span<const TasteObservation> observations, int dim);

/// An observation that counts, with its weight.
struct WeighedObservation {
  const TasteObservation* observation = nullptr;
  std::size_t index = 0;  ///< in what was given
  double weight = 1;
};

/// Without answers that a later one replaces and without those of weight zero, in an order of its own: what
/// follows does not depend on the order of what is given, not even in rounding.
std::vector<WeighedObservation> that_count(std::span<const TasteObservation> observations, std::int64_t now,
                                           const PreferenceOptions& options);

/// A linear-Gaussian stand-in for an answer: its pull on w from the prior's mean, see
/// PreferenceModel::influence.
struct Pull {
  Eigen::VectorXd row;
  double strength = 0;  ///< precision times (target - row . prior mean)
  std::size_t index = 0;
};

struct Posterior {
  Eigen::VectorXd mean;         ///< of w
  Eigen::MatrixXd covariance;   ///< of w
  Eigen::MatrixXd conditional;  ///< of w at the posterior mean of the offset, best grid point
  Prediction offset;
  double scale = 1, noise = 1;                      ///< posterior means (geometric)
  double log_scale_square = 0;                      ///< E[log^2 scale]
  double log_noise_mean = 0, log_noise_square = 0;  ///< of the person's noise over the prior's
  double log_evidence = 0;                          ///< of ratings and choices, given likes and survey
  double log_total = 0;  ///< of likes and survey too, up to a constant of the answers
  std::vector<Pull> pulls;
};

struct PosteriorOptions {
  int scale_points = 5;  ///< odd; 1: the prior's scale
  int noise_points = 5;
};

/// The exact posterior for ratings, likes and survey; Laplace at each grid point for choices and ties.
Posterior posterior(const PopulationPrior& prior, const WhitePrior& white,
                    std::span<const WeighedObservation> observations, const PosteriorOptions& options);

/// Posterior::log_total at the prior's own scale and noise, and nothing else: to tell hypotheses apart.
double quick_log_total(const PopulationPrior& prior, const WhitePrior& white,
                       std::span<const WeighedObservation> observations);

/// log of the probability of the same ratings and choices when they have nothing to do with what was judged.
double log_evidence_of_indifference(const PopulationPrior& prior,
                                    std::span<const WeighedObservation> observations);

}  // namespace atelier::personalization::detail
