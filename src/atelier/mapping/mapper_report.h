#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace atelier::mapping {

/// A mean over people with its 95 % bootstrap interval.
struct Interval {
  double mean = 0, low = 0, high = 0;

  /// Resamples people 2000 times; the same seed gives the same interval. Zero for no values.
  static Interval of(const std::vector<double>& values, std::uint64_t seed);
};

/// How good the styles of one way of choosing are for people whose taste is hidden.
struct PolicyScore {
  Interval utility;  ///< hidden utility, deviations over the gallery: 0 is an average style, higher is better
  Interval percentile;  ///< share of the gallery the person likes better: 0 is best
};

/// All ways after so many answers, for the same people.
struct MapperScore {
  int answers = 0;
  PolicyScore mapper;   ///< what StyleMapper::map gives first
  PolicyScore gallery;  ///< the gallery style with the highest utility by the preference model
  PolicyScore greedy;   ///< that style moved along the preference model's slope, as far as the mapper may go
  Interval gain;        ///< mapper's utility minus gallery's, person by person
  Interval gain_on_greedy;  ///< minus greedy's
};

/// What a trained mapper is worth.
struct MapperReport {
  int people = 0;                   ///< simulated, of populations never trained on
  std::vector<MapperScore> scores;  ///< for 0, 3, 5 and 12 answers

  /// At 12 answers and for the first painted_people of them: utility of the style code that the style encoder
  /// finds in paintings made with the pick.
  int painted_people = 0;
  Interval painted_mapper, painted_gallery, painted_gain;

  double milliseconds = 0;           ///< of one proposal at 12 answers, median
  double milliseconds_variants = 0;  ///< of four proposals
  bool finished = true;              ///< false when training was stopped: nothing was written

  /// The gain's interval lies above zero after `answers` answers.
  bool beats_gallery(int answers) const;
  /// After 3, 5 and 12 answers: with none, both know nothing of the person.
  bool beats_gallery() const;
  nlohmann::json to_json() const;
  /// A table for people, with the verdict.
  std::string to_text() const;
};

}  // namespace atelier::mapping
