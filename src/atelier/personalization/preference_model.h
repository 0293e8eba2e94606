#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/personalization/taste_observation.h"
#include "atelier/storage/records.h"

namespace atelier::personalization {

struct PreferenceOptions {
  std::string mood;                 ///< "": the person's general taste
  double half_life_days = 0;        ///< an answer that old weighs half; 0: answers never fade
  double general_weight = 0.5;      ///< between a mood and the general taste, either way, 0..1
  double other_mood_weight = 0.25;  ///< of another mood's answers when a mood is asked for, 0..1
  bool learn_scale = true;          ///< the person's own rating scale and noise; false: the prior's
  bool notice_careless = true;      ///< fall back to the prior when the answers look constant or random
};

/// A normal belief about a number.
struct Prediction {
  double mean = 0;
  double sd = 0;
};

/// An answer's share in what sets a prediction apart from the prior's. The shares add up to that difference
/// (exactly for a known scale and noise and a prior without favourites: which kind of taste the answers show
/// has no share), so the sign says which way the answer argues.
struct Influence {
  std::int64_t answer = 0;      ///< id
  double shift = 0;             ///< signed
  std::size_t observation = 0;  ///< position in the observations given to fit
};

/// Beliefs about several utilities at once.
struct JointBelief {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// One person's taste: the posterior over u. Most people lean: u(psi) = w . psi; where the prior knows people
/// with a favourite (IdealPrior), the two kinds and all favourites are weighed by their evidence, and u is
/// the average: linear in [psi | psi^2], a normal belief of the mixture's mean and covariance. Ratings, likes
/// and the survey enter in closed form; choices and ties by Laplace's approximation of the (threshold) probit
/// likelihood
///   P(first) = Phi(d - t), P(second) = Phi(-d - t), P(tie) = rest,  d = w . (psi_a - psi_b) / (sqrt(2)
///   noise),
/// at the mode, found by damped Newton steps (the log posterior is concave: the mode is unique, so the order
/// of answers cannot matter and near-duplicate styles do no harm). Likes, saves, skips and dislikes are
/// ratings with a larger variance. A person's rating offset is one more unknown beside w; scale and noise are
/// averaged over a grid by their evidence. A repeated answer about the same subject(s) in the same mood
/// counts once: the last id wins. Choices are taken for comparisons of utilities: no rating scale is in them.
/// Immutable; safe from many threads.
class PreferenceModel {
 public:
  /// `now` in seconds since 1970 is what ages are counted from. Error BadData "taste.answer" for features
  /// that are not finite or not of the prior's size, or a value that is not finite.
  static PreferenceModel fit(const PopulationPrior& prior, std::span<const TasteObservation> observations,
                             std::int64_t now, const PreferenceOptions& options = {});
  /// observe() and fit(). Error BadData "taste.prior" when the prior belongs to other features.
  static PreferenceModel fit(const PopulationPrior& prior, const TasteFeatures& features,
                             std::span<const storage::Answer> answers, std::int64_t now,
                             const PreferenceOptions& options = {});

  /// w: for a taste that may have a favourite, the weights of psi that come closest to it over the gallery.
  const Eigen::VectorXd& mean() const { return mean_; }
  const Eigen::MatrixXd& covariance() const { return covariance_; }
  int dim() const { return static_cast<int>(mean_.size()); }

  Prediction utility(const Eigen::VectorXd& psi) const;
  /// Of the utilities of all rows of `psi`.
  JointBelief joint(const Eigen::MatrixXd& psi) const;
  /// w . direction: how utility changes along a direction, a favourite's curve averaged out.
  Prediction slope(const Eigen::VectorXd& direction) const;
  Prediction difference(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const;  ///< u(a) - u(b)
  /// Means and deviations of many at once: rows of `psi`.
  std::vector<Prediction> utilities(const Eigen::MatrixXd& psi) const;
  /// One draw of the taste from what it may be: the utilities of all rows. `doubt` scales the distance from
  /// the mean, 1: the posterior itself.
  Eigen::VectorXd drawn(const Eigen::MatrixXd& psi, double doubt, std::mt19937_64& random) const;
  /// That the person truly prefers a: Phi(mean / sd) of the difference; 0.5 for the same style.
  double probability_better(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const;
  /// That the person would say so, noise of the answer included.
  double probability_chosen(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const;
  /// The rating this person would give, on their own scale; sd includes the noise of an answer.
  Prediction rating(const Eigen::VectorXd& psi) const;

  double noise() const { return noise_; }                ///< of one answer, in utility
  double rating_offset() const { return offset_.mean; }  ///< how high this person rates in general
  double rating_scale() const { return scale_; }         ///< rating steps for one unit of utility
  std::size_t answers_used() const { return used_; }     ///< after duplicates, other than pair skips
  /// False while nothing is known beyond the prior: no answers, or answers that are constant or look random.
  bool learned() const { return learned_; }
  /// Probability that the taste has a favourite rather than a direction.
  double favourite_probability() const { return favourite_; }
  /// One sentence for people: what the taste rests on, or why it is the prior's.
  const std::string& why() const { return why_; }

  /// The answers that move w . direction most, largest first, at most `count`; pass psi for a style's
  /// utility, psi_a - psi_b for a comparison, a unit vector for one weight.
  std::vector<Influence> influence(const Eigen::VectorXd& direction, std::size_t count) const;

 private:
  /// An answer's share in mean().
  struct Pull {
    Eigen::VectorXd shift;
    std::int64_t answer = 0;
    std::size_t observation = 0;
  };
  PreferenceModel() = default;
  /// [psi | psi^2], or psi alone where nobody has a favourite.
  Eigen::MatrixXd lifted(const Eigen::MatrixXd& psi) const;
  Prediction predicted(const Eigen::VectorXd& direction) const;

  Eigen::VectorXd theta_;
  Eigen::MatrixXd theta_covariance_;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd covariance_;
  Prediction offset_;
  double scale_ = 1, noise_ = 1, favourite_ = 0;
  std::size_t used_ = 0;
  bool learned_ = false;
  std::string why_;
  std::vector<Pull> pulls_;
};

}  // namespace atelier::personalization
