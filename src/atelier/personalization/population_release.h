#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/discrete_gaussian.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/storage/preference_store.h"

namespace atelier::personalization {

/// What one person gives to a shared prior: a vector of whole numbers of bounded length, nothing else. Only
/// ContributionScheme makes them, and only for people who said yes.
class Contribution {
 public:
  const std::string& user() const { return user_; }  ///< so that nobody is counted twice; never released
  std::span<const std::int64_t> statistic() const { return statistic_; }
  double length() const;  ///< of the statistic; at most sqrt(2)

 private:
  friend class ContributionScheme;
  Contribution() = default;

  std::string user_, scheme_;
  std::vector<std::int64_t> statistic_;
};

/// How far `colluders` of `people` can move a released prior, whatever they answer; in standard deviations of
/// the starting prior (covariance: Frobenius norm).
struct PoisoningBound {
  double mean = 0;
  double covariance = 0;
};

/// Turns tastes into contributions and sums of contributions into a prior. With x the posterior mean and W
/// the posterior covariance of a person in coordinates in which the starting prior is N(0, I) of rank r, the
/// person's statistic is
///   [ x / C | (x x^T + W - I) / C^2 ],  C = clip sqrt(r),
/// each half scaled down to length 1 when it is longer, off-diagonals counted sqrt(2), in units of 2^-22
/// rounded towards zero. It is zero for a person who answered nothing. Its sum is the expectation step of one
/// round of EM from the starting prior; prior_of() is the maximisation step. Immutable; safe from many
/// threads.
class ContributionScheme {
 public:
  static constexpr double kUnit = 1.0 / (1 << 22);  ///< of a statistic
  /// sqrt(2), rounded up: the most one person's answers change the sum of statistics.
  static constexpr double kSensitivity = 1.4142135623730952;

  /// `clip` is a public constant, the same for all: chosen without looking at people. Error Usage
  /// "privacy.clip" unless it is in (0, 100], BadData "taste.prior" for a prior without any variance.
  explicit ContributionScheme(PopulationPrior start, double clip = 0.7);

  const PopulationPrior& start() const { return start_; }
  const std::string& id() const { return id_; }  ///< a hash of the start and the clip
  int rank() const { return static_cast<int>(whiten_.rows()); }
  std::size_t size() const;  ///< of a statistic: r + r (r + 1) / 2

  /// `settings` are the person's own: Error NotPermitted "privacy.consent" unless they turned pooled learning
  /// on. `model` must have been fitted with start(). Error BadData "privacy.taste" for another size or
  /// numbers that are not finite.
  Contribution contribute(const std::string& user, const storage::Settings& settings,
                          const PreferenceModel& model) const;
  Contribution contribute(const std::string& user, const storage::Settings& settings,
                          const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance) const;

  /// Adds up; Error BadData "privacy.scheme" for a contribution of another scheme, "privacy.twice" for a
  /// person who is in it twice.
  std::vector<std::int64_t> sum(std::span<const Contribution> contributions) const;

  /// The prior of a noisy sum over `people`, for noise of `sigma` units (0: none). Uses nothing but its
  /// arguments: it costs no privacy. Eigenvalues of the covariance's deviation from the start are drawn in by
  /// the largest one that noise alone would make, so that a handful of people gives the starting covariance
  /// back; the variance of no direction falls below `floor` of what it was.
  PopulationPrior prior_of(std::span<const std::int64_t> noisy_sum, std::int64_t people, double sigma,
                           double floor) const;
  /// [x mean / C | deviation / C^2]: what prior_of() put into a prior, on the statistic's scale (of one
  /// person).
  Eigen::VectorXd statistic_of(const PopulationPrior& prior) const;

  /// Between what is released with and without the colluders' own answers, for any one draw of the noise.
  PoisoningBound poisoning_bound(std::int64_t people, std::int64_t colluders) const;

 private:
  PopulationPrior start_;
  double clip_ = 0;  ///< C
  std::string id_;
  Eigen::MatrixXd whiten_;  ///< [r][dim]
  Eigen::MatrixXd colour_;  ///< [dim][r], whiten_ colour_ = I
};

/// The deployment's ledger. `append` must have kept its line when it returns. Run a release inside
/// PreferenceStore::together when other programs may release at the same time.
struct ReleaseLedger {
  std::function<std::vector<storage::Release>()> read;
  std::function<void(const storage::Release&)> append;
};

/// The ledger in a store.
ReleaseLedger ledger_of(storage::PreferenceStore& store);

/// What all these releases reveal together about somebody who was in every one, at `delta`. Those with a
/// delta of their own are taken for Gaussian ones and compose as such; those with delta 0 add up.
double spent_epsilon(std::span<const storage::Release> releases, double delta);
/// The same at the strictest delta of the releases: what a lifetime's epsilon is compared with.
double spent_epsilon(std::span<const storage::Release> releases);

struct ReleaseOptions {
  double epsilon = 1;           ///< of this release, (0, 10]
  double delta = 0;             ///< 0: 1 / (10 people); at most 1 / people
  double lifetime_epsilon = 4;  ///< of all releases of the ledger together, at the strictest delta in it
  double floor = 0.05;          ///< see ContributionScheme::prior_of, (0, 1]
  std::int64_t time = 0;        ///< for the ledger
};

/// Below this many people hiding one costs everything there is to learn.
constexpr std::size_t kFewestPeople = 200;

/// How much noise a release of these options over `people` needs.
struct ReleaseNoise {
  double delta = 0;
  double multiplier = 0;   ///< noise in units of the sensitivity
  std::int64_t sigma = 1;  ///< noise in units of the statistic
};
/// Error Usage "privacy.parameter" for options out of range.
ReleaseNoise release_noise(const ContributionScheme& scheme, std::size_t people,
                           const ReleaseOptions& options);

/// Learns what people in general like, as one release of the sum of their contributions with discrete
/// Gaussian noise: (epsilon, delta)-differentially private. What is hidden is everything a person answered,
/// against no answers at all; how many people agreed to take part is public. The ledger is written before the
/// noise is drawn: a crash can only make it say too much. The result's `origin` is "released with epsilon 1"
/// and its `people` the number of contributions. Errors: NotPermitted "privacy.too_few" below kFewestPeople,
/// "privacy.budget" when the lifetime's epsilon would be passed; those of sum() and release_noise(); BadData
/// "privacy.ledger" for a ledger that makes no sense.
PopulationPrior release_population_prior(const ContributionScheme& scheme,
                                         std::span<const Contribution> contributions,
                                         const ReleaseLedger& ledger, const ReleaseOptions& options = {},
                                         const RandomWords& random = secure_random_words());

}  // namespace atelier::personalization
