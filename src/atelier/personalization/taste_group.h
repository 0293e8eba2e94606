#pragma once

#include <Eigen/Dense>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/taste_profile.h"

namespace atelier::personalization {

struct GroupMember {
  std::string name;
  const PreferenceModel* model = nullptr;  ///< not owned
};

struct GroupOptions {
  double disagreement_weight = 0.5;  ///< how much a spread of opinions costs, in units of its sd, >= 0
  double uncertainty_weight = 0;     ///< how much not knowing costs, >= 0
};

/// A style as the group sees it.
struct GroupPick {
  std::size_t index = 0;  ///< of the candidate
  double score = 0;       ///< mean of the members' standardised utilities minus the disagreement
  double mean = 0, spread = 0;
  std::size_t least_happy = 0;  ///< member
  double least_happy_utility =
      0;  ///< standardised: 0 is that member's average style, 1 a standard deviation better
  std::vector<double> utilities;  ///< standardised, one a member
};

/// An attribute the members pull in different directions.
struct GroupConflict {
  std::string key;
  std::size_t for_high = 0, for_low = 0;  ///< members whose 90 % intervals do not overlap
  double gap = 0;                         ///< between the two slopes
  std::string sentence;                   ///< "ana favours vivid palettes, ben muted palettes"
};

struct GroupTaste {
  std::vector<GroupPick> picks;          ///< all candidates, best first
  std::vector<GroupConflict> conflicts;  ///< widest gap first
  std::vector<std::string> shared;       ///< sentences true of every member: "all favour muted palettes"
};

/// What people agree on and where they differ. Each member's utilities are standardised over the candidates,
/// so a person with strong words has no more weight than one with quiet ones. Error Usage "taste.group" for
/// fewer than two members or two of one name.
GroupTaste group_taste(std::span<const GroupMember> members, const TasteFeatures& features,
                       std::span<const Candidate> candidates, std::span<const style::Attribute> words,
                       const GroupOptions& options = {});

}  // namespace atelier::personalization
