#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "atelier/personalization/preference_model.h"

namespace atelier::personalization {

enum class AskStrategy {
  Auto,      ///< what measured best: Gain for ratings, Eubo for choices
  Variance,  ///< the least known
  Ucb,       ///< mean + sd: likely good and not sure
  Gain,      ///< the rating that is expected to raise the best posterior mean most (knowledge gradient)
  Thompson,  ///< the best under one draw of the taste
  Eubo,      ///< the pair whose better one is expected to be best
  Random,    ///< the baseline
};

const char* to_string(AskStrategy strategy);
/// Error Usage "taste.strategy" for another word than auto, variance, ucb, gain, thompson, eubo, random.
AskStrategy parse_ask_strategy(const std::string& text);

/// What can be asked about.
struct Candidate {
  std::string key;  ///< style name; never asked twice
  Eigen::VectorXd psi;
};

struct QuestionOptions {
  AskStrategy strategy = AskStrategy::Auto;
  std::uint64_t seed = 1;  ///< of Thompson and Random; the number of answers so far is mixed in
  double enough_gain =
      0.05;  ///< stop when one more answer is expected to improve the pick by less, in utility
  double enough_probability = 0.9;
};

/// Whether to go on asking.
struct Enough {
  bool enough = false;
  double expected_gain = 0;         ///< utility of the pick gained by the best next answer, expected
  double probability_top_good = 0;  ///< that the top style beats one drawn at random from the candidates
  std::size_t top = 0;              ///< index of the top candidate
  std::string why;                  ///< one sentence with the number
};

/// Picks the next question for one person. Works with zero answers (the model is then the prior).
/// Deterministic.
class QuestionSelector {
 public:
  /// Error Usage "taste.candidates" for fewer than 2 candidates or a key twice.
  explicit QuestionSelector(std::vector<Candidate> candidates, QuestionOptions options = {});

  const std::vector<Candidate>& candidates() const { return candidates_; }

  /// Index of the style to rate next, never one of `asked`; nothing when all were asked.
  std::optional<std::size_t> next_rating(const PreferenceModel& model,
                                         const std::set<std::string>& asked = {}) const;
  /// The pair to choose from next: never a pair of `asked` in either order, never two of (nearly) the same
  /// features; nothing when no pair is left.
  std::optional<std::pair<std::size_t, std::size_t>> next_choice(
      const PreferenceModel& model, const std::set<std::pair<std::string, std::string>>& asked = {}) const;

  Enough enough(const PreferenceModel& model) const;
  /// Indices of the candidates, best posterior mean first; ties keep the candidates' order.
  std::vector<std::size_t> ranking(const PreferenceModel& model) const;

 private:
  std::vector<Candidate> candidates_;
  QuestionOptions options_;
  Eigen::MatrixXd psi_;  ///< one row a candidate
};

}  // namespace atelier::personalization
