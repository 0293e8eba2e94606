#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/personalization/taste_features.h"
#include "atelier/personalization/taste_observation.h"

namespace atelier::personalization {

/// People whose taste has a favourite instead of a direction (weighted unfolding; Coombs, 1964): utility
/// falls with the squared distance to one style c,
///   u(psi) = - sum_k care_k [(psi_k - c_k)^2 - mean over the styles] / s_c,  care ~ N(care, care_covariance)
/// with s_c such that equal cares of 1 give utilities of sd 1 over the styles.
struct IdealPrior {
  double share = 0;        ///< of all people, 0..1 (exclusive); 0: nobody, the rest is empty
  Eigen::MatrixXd styles;  ///< [m][dim]: psi of each possible favourite, equally likely; last column 1
  Eigen::VectorXd care;    ///< [dim]
  Eigen::MatrixXd care_covariance;  ///< [dim][dim], symmetric, positive semi-definite
};

/// What is believed about a person nobody has asked yet: w ~ N(mean, covariance), utility u = w . psi in
/// steps of the rating scale, rating = offset_u + scale_u (u + e), e ~ N(0, (noise m_u)^2), offset_u ~
/// N(rating_offset, rating_offset_sd^2), log scale_u ~ N(0, rating_log_scale_sd^2), log m_u ~ N(0,
/// noise_log_sd^2). A share of the people has a favourite instead of w, see IdealPrior.
struct PopulationPrior {
  Eigen::VectorXd mean;        ///< [dim]
  Eigen::MatrixXd covariance;  ///< [dim][dim], symmetric, positive semi-definite
  double noise = 0.7;          ///< > 0, in steps of the rating scale
  double noise_log_sd = 0.3;
  double rating_offset = 3.2;
  double rating_offset_sd = 0.6;
  double rating_log_scale_sd = 0.25;
  double tie_width = 0.35;  ///< half width of "a tie" in units of sqrt(2) noise, > 0

  IdealPrior ideal;

  /// Survey: an answer q to question k says q = row_k . w + e, e ~ N(0, survey_noise_k^2).
  std::vector<std::string> survey_questions;
  Eigen::MatrixXd survey;        ///< [questions][dim]
  Eigen::VectorXd survey_noise;  ///< [questions], > 0

  std::string features_id;  ///< TasteFeatures::id() it belongs to
  std::int64_t people = 0;  ///< how many it was fitted on; 0: an assumption
  std::string origin;       ///< for people: "standard", "fitted", "released with epsilon 1"

  int dim() const { return static_cast<int>(mean.size()); }

  std::string to_text() const;  ///< JSON, exact
  /// Reads version 1 too, which knows no favourites. Error BadData "taste.prior" when it is broken, of the
  /// wrong sizes, or not finite.
  static PopulationPrior parse(std::string_view text, const std::string& name);
};

/// The prior that ships: nobody's taste is assumed, every attribute and coordinate may matter, and the
/// utilities of the gallery (rows of `gallery` are psi) have a standard deviation of about one step. One
/// person in five has one of the gallery's styles for a favourite. Each attribute is a survey question of its
/// own name: 1 says "I favour the high end".
PopulationPrior standard_prior(const TasteFeatures& features, const Eigen::MatrixXd& gallery);
/// The same for features that are only a matrix: no survey, no favourites.
PopulationPrior standard_prior(const std::string& features_id, const Eigen::MatrixXd& gallery);

struct PopulationFitOptions {
  int rounds = 25;        ///< of EM
  double shrinkage = -1;  ///< of the covariance towards the start's shape, 0..1; below 0: chosen by the data
  bool learn_scale = true;  ///< per-person rating scale
};

/// Empirical Bayes by EM over people (each a list of observations): mean, covariance, noise, rating
/// hyper-parameters, share and cares of those who have a favourite (where the start has some), and the survey
/// matrix by ridge where people answered both. `start` gives sizes, survey questions and the shape the
/// covariance is shrunk to. Error BadData "taste.prior" for fewer than 2 people with ratings or choices.
PopulationPrior fit_population_prior(std::span<const std::vector<TasteObservation>> people,
                                     const PopulationPrior& start, const PopulationFitOptions& options = {});

/// One rating of a closed catalogue.
struct CatalogueRating {
  int item = 0;  ///< 0..items-1
  double value = 0;
};

struct ItemFactorOptions {
  int factors = 16;  ///< columns learned beside the item's mean
  int rounds = 30;   ///< of EM
  double content_strength =
      0.5;  ///< 0: items share only what ratings show; 1: content decides about unrated ones
};

/// Features of a catalogue that many people rated: utilities of all items ~ N(m, K) over people, K learned by
/// EM (low rank + item-specific, shrunk, seeded by content features). psi of item i = [m_i | row i of a
/// factor of K | 1], so the linear model with `prior` is exactly that Gaussian over items.
struct ItemFactors {
  Eigen::MatrixXd psi;  ///< [items][dim]
  PopulationPrior prior;
};

/// `content` has one row an item (any features, standardised inside; zero columns: none). Error BadData
/// "taste.catalogue" for an item out of range, a value that is not finite, fewer than 2 people.
ItemFactors fit_item_factors(std::span<const std::vector<CatalogueRating>> people,
                             const Eigen::MatrixXd& content, const std::string& features_id,
                             const ItemFactorOptions& options = {});

}  // namespace atelier::personalization
