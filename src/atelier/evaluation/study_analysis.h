#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "atelier/evaluation/statistics.h"

namespace atelier::evaluation {

/// What one person answered, in terms of the two systems.
struct StudyAnswers {
  struct Vote {
    std::size_t pair = 0;  ///< of the key's list
    bool for_a = false;
    bool identical = false;  ///< the person saw no difference; for_a means nothing then
    bool picked_left = false;
  };
  std::string person;
  std::vector<Vote> votes;            ///< of real pairs
  int checks = 0, checks_failed = 0;  ///< pairs of one picture; failed: one of the two was preferred
  double median_seconds = 0;          ///< an answer
};

/// Reads a file of answers against its study's key. Error BadData "study.answers" (broken, unfinished, an
/// unknown pair), "study.other" when it answers another study; `name` is what messages call the file.
StudyAnswers read_answers(const nlohmann::json& key, const nlohmann::json& answers, const std::string& name);

struct StudyAnalysisOptions {
  BootstrapOptions bootstrap = {};
  double failed_checks = 0.34;  ///< a person with a larger share of failed checks is left out
};

struct StudyResult {
  std::string label_a, label_b;
  int people = 0;                     ///< that count
  std::vector<std::string> excluded;  ///< one sentence a person
  int votes = 0, a_wins = 0, b_wins = 0, identical = 0;
  Interval a_rate;     ///< share of A among the votes for one of the two; by people and pictures
  Interval left_rate;  ///< share of votes for the left side: off 0.5, a habit and not a taste
  struct Pair {
    std::string name;
    int a_wins = 0, b_wins = 0, identical = 0;
  };
  std::vector<Pair> pairs;  ///< as in the key, checks left out

  /// One sentence: who is preferred, by how much, and whether the interval allows saying so.
  std::string verdict() const;
  nlohmann::json to_json() const;
};

/// Win rates with percentile intervals of a bootstrap that draws people and pairs with replacement, each vote
/// weighed by how often its person and its pair were drawn: both are samples of more. A person who comes
/// twice counts once. Error BadData "study.nobody" when nobody who passed the checks answered.
StudyResult analyse_study(const nlohmann::json& key, const std::vector<StudyAnswers>& people,
                          const StudyAnalysisOptions& options = {});

}  // namespace atelier::evaluation
