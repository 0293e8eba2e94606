#pragma once

#include <Eigen/Dense>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "atelier/personalization/taste_observation.h"

namespace atelier::personalization {

enum class TasteFamily {
  Linear,     ///< u = w . psi
  Ideal,      ///< falls with the square of the distance to one style, dearest features first
  Bump,       ///< linear plus one Gaussian bump around a style
  TwoMoods,   ///< the better of two linear tastes
  Saturated,  ///< tanh of linear plus an interaction of two features: outside every family of the model
  Careless,   ///< answers at random
};

const char* to_string(TasteFamily family);
/// Error Usage "taste.family" for an unknown word.
TasteFamily parse_taste_family(const std::string& text);
const std::vector<TasteFamily>& taste_families();  ///< all of them

/// The people simulated users are drawn from: w = mean + F t + own part (4 factors of sd 0.45, own sd 0.25),
/// the same for one `seed`.
class SimulatedPopulation {
 public:
  /// `gallery`: one psi a row, last column 1; utilities are standardised over its rows.
  SimulatedPopulation(Eigen::MatrixXd gallery, std::uint64_t seed);

  const Eigen::MatrixXd& gallery() const { return gallery_; }
  Eigen::VectorXd draw_weights(std::mt19937_64& random) const;

 private:
  Eigen::MatrixXd gallery_;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd factors_;  ///< [dim][4]
  Eigen::VectorXd own_;      ///< sd of the own part
};

struct SimulatedUserOptions {
  double noise = 0.6;        ///< sd of an answer's noise in utility (utilities have sd 1 over the gallery)
  double rating_offset = 3;  ///< of the five-step scale
  double rating_scale = 1;   ///< steps for one unit of utility
  bool draw_scale = true;    ///< offset and scale vary from person to person (N(3, 0.4^2), LogN(0, 0.2))
  double tie_width = 0.2;    ///< says "a tie" when the noisy difference is smaller
};

/// A person with a hidden taste who answers questions: for tests, benchmarks and the mapper's training. The
/// answers are drawn from its own generator: the same seed and the same questions give the same answers.
class SimulatedUser {
 public:
  SimulatedUser(const SimulatedPopulation& population, TasteFamily family, std::uint64_t seed,
                const SimulatedUserOptions& options = {});

  TasteFamily family() const { return family_; }
  /// The hidden truth, mean 0 and sd 1 over the gallery. A careless user has one too: it never shows.
  double utility(const Eigen::VectorXd& psi) const;
  Eigen::VectorXd utilities(const Eigen::MatrixXd& psi) const;
  /// The hidden truth's slope along feature `index` over the gallery (regression of the utility): its sign is
  /// what an explanation should say.
  double slope(int index) const;
  /// Share of the gallery this user likes better than row `index`: 0 is their best.
  double percentile(std::size_t index) const;

  double rate(const Eigen::VectorXd& psi);                            ///< 1..5, whole
  double choose(const Eigen::VectorXd& a, const Eigen::VectorXd& b);  ///< 1, 0, 0.5
  double survey(int index);                                           ///< -1..1, about feature `index`

 private:
  double raw(const Eigen::VectorXd& psi) const;

  TasteFamily family_;
  SimulatedUserOptions options_;
  Eigen::MatrixXd gallery_;
  Eigen::VectorXd weights_, other_, centre_;
  std::array<int, 2> interaction_ = {0, 0};
  double width_ = 1, linear_spread_ = 1, shift_ = 0, spread_ = 1;
  Eigen::VectorXd gallery_utility_;
  std::mt19937_64 random_;
};

}  // namespace atelier::personalization
