#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <vector>

#include "atelier/personalization/detail/posterior.h"
#include "atelier/personalization/population_prior.h"

namespace atelier::personalization::detail {

/// Tastes with a favourite (IdealPrior). For one favourite c a taste is linear in
///   phi_c(psi)_k = -[(psi_k - c_k)^2 - mean over the styles] / s_c
/// with s_c such that equal cares of 1 give utilities of sd 1 over the styles; so each favourite is one more
/// linear model, with the cares as its weights. All of them, and leanings, share the weights theta = [w | v]
/// of [psi | psi^2].
class IdealTastes {
 public:
  /// The last feature must be the constant 1.
  explicit IdealTastes(const PopulationPrior& prior);

  Eigen::Index count() const { return styles_.rows(); }
  int dim() const { return static_cast<int>(styles_.cols()); }
  /// What is believed about the cares of somebody whose favourite is style c, survey included.
  PopulationPrior prior_of(Eigen::Index c) const;
  /// phi_c in place of psi.
  TasteObservation seen(Eigen::Index c, const TasteObservation& observation) const;

  Eigen::VectorXd theta(Eigen::Index c, const Eigen::VectorXd& care) const;
  Eigen::MatrixXd theta_covariance(Eigen::Index c, const Eigen::MatrixXd& care_covariance) const;
  /// [dim][2 dim]: the weights of psi alone that come closest to theta over the styles.
  const Eigen::MatrixXd& to_linear() const { return to_linear_; }

 private:
  Eigen::VectorXd features(Eigen::Index c, const Eigen::VectorXd& psi) const;
  /// theta = [diag(slope) + e_last level' ; diag(-1 / s_c)] care.
  struct Lift {
    Eigen::VectorXd slope, level;
    double curve = 0;
  };
  Lift lift(Eigen::Index c) const;

  PopulationPrior common_;  ///< what all favourites share, over the cares
  Eigen::MatrixXd styles_;
  Eigen::MatrixXd mean_square_;  ///< [styles][dim]: mean of (psi - c)^2
  Eigen::VectorXd unit_;         ///< s_c
  Eigen::MatrixXd to_linear_;
  Eigen::MatrixXd survey_;  ///< [questions][2 dim]: of theta
};

/// The belief about a person who either leans (linear) or has a favourite (ideal), over theta.
struct TasteBelief {
  Eigen::VectorXd mean;        ///< [dim], or [2 dim] where the prior knows favourites
  Eigen::MatrixXd covariance;  ///< of theta, between the kinds included
  Prediction offset;
  double scale = 1, noise = 1;
  double log_evidence = 0;

  /// An answer's share, as weights of psi.
  struct Effect {
    std::size_t index = 0;
    Eigen::VectorXd shift;
  };
  std::vector<Effect> effects;

  double leaning_share = 1;  ///< probability of a leaning
  Posterior leaning;
  Eigen::VectorXd care;         ///< [dim] mean of the cares of a person with a favourite
  Eigen::MatrixXd care_second;  ///< E[care care'] of the same
};

/// Bayesian model averaging over the kinds of taste. `favourites` is null for a prior that knows leanings
/// only: then this is posterior() and nothing else.
TasteBelief taste_belief(const PopulationPrior& prior, const WhitePrior& white, const IdealTastes* favourites,
                         std::span<const WeighedObservation> observations, const PosteriorOptions& options);

}  // namespace atelier::personalization::detail
