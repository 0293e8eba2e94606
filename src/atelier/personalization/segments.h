#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/segment_csv.h"

namespace atelier::personalization {

/// A number with its 90 % interval.
struct Interval {
  double value = 0, low = 0, high = 0;
};

/// Part of an audience and the style it should see.
struct AudienceSegment {
  std::string name;                ///< as declared, or "1", "2", ... by size
  std::vector<std::string> users;  ///< sorted
  std::string best;                ///< its own best style
  Interval utility;                ///< of `best` above the average candidate
  double certainty = 0;            ///< share of resampled audiences in which `best` is best, 0..1
  Interval gain;                   ///< of `best` over everyone's style, measured on answers held back
  bool own = false;                ///< the gain is certain: this segment should see its own style
  std::string variant;             ///< what to show: `best` if `own`, else everyone's
  std::int64_t clicks = 0, impressions = 0;  ///< of `variant` in this segment; click data only
  Interval click_rate;                       ///< of the same, Beta-binomial around the overall rate
};

struct SegmentReport {
  SegmentData kind = SegmentData::Ratings;
  bool declared = false;
  bool separable = false;                 ///< false: one variant for all
  std::string why;                        ///< one sentence with the number
  AudienceSegment everyone;               ///< all people as one segment
  std::vector<AudienceSegment> segments;  ///< largest first; as found also when not separable
  Interval gain;          ///< of a variant a segment over one for all, a person; on answers held back
  double silhouette = 0;  ///< of found segments, -1..1
  std::size_t fewest_people = 20;  ///< segments of fewer are left out of shareable text

  /// The style of one person: their segment's, or everyone's. Error NoInput "segments.user" for nobody of
  /// these.
  const std::string& variant_for(const std::string& user) const;

  /// JSON for the owner of the data: with the people.
  std::string to_text() const;
  /// JSON to hand on: nobody's name; segments of fewer than `fewest_people` are left out, and then the totals
  /// from which they could be worked out as well.
  std::string to_shareable_text() const;
};

struct SegmentOptions {
  int segments = 0;  ///< 0: chosen by silhouette, at most `most`; ignored when the data declare them
  int most = 6;      ///< 1..20
  std::size_t fewest_people =
      20;               ///< k of k-anonymity, >= 1; found segments are not made smaller when chosen
  int resamples = 200;  ///< of the bootstrap, >= 20
  std::uint64_t seed = 1;
  bool untried = false;            ///< may a style win that nobody in the data rated or saw
  double log_odds_per_step = 0.5;  ///< clicks: what one unit of the prior's utility is worth, > 0
};

/// Finds out whether parts of an audience want different styles. Ratings: one PreferenceModel a person.
/// Clicks: a logistic model a person around the overall click rate, by Laplace's approximation. Utilities are
/// in steps of the rating scale, or in log odds of a click. People are clustered by their expected utilities
/// of the candidates; the taste of a segment is the maximum-likelihood mean of its people's tastes, drawn to
/// everyone's; intervals come from resampling people. Found and declared segments are judged alike: segments
/// and styles are chosen on one half of everybody's answers and their gain is measured on the other half, and
/// the other way round, so that noise is not mistaken for a segment. The order of rows does not matter,
/// except that a later rating of the same style by the same person replaces the earlier. Errors: Usage
/// "segments.options"; Usage "taste.candidates" for fewer than 2 candidates or a key twice; BadData
/// "segments.style" for a row about none of them, "segments.empty" for no rows, "segments.people" for more
/// than 100,000 people; those of PreferenceModel.
SegmentReport segment_audience(const SegmentTable& table, std::span<const Candidate> candidates,
                               const PopulationPrior& prior, const SegmentOptions& options = {});

}  // namespace atelier::personalization
