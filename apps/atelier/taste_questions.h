#pragma once

#include <optional>
#include <string>
#include <vector>

#include "atelier/personalization/population_prior.h"

namespace atelier::cli {

/// One question of the survey: where between two ends does a person's taste lie?
struct SurveyQuestion {
  std::string key;        ///< as in storage::Answer::question
  std::string low, high;  ///< "muted colours", "vivid colours"
};

/// The questions that `prior` can make use of: moods first, then the attributes, in the order people read
/// them.
std::vector<SurveyQuestion> survey_questions(const personalization::PopulationPrior& prior);

/// The question of that key, whether or not a model can make use of it.
std::optional<SurveyQuestion> find_survey_question(const std::string& key);

/// Lets the prior understand questions about moods ("calm or dramatic pictures"), each an average of
/// attributes, as far as it understands these.
void add_mood_questions(personalization::PopulationPrior& prior);

}  // namespace atelier::cli
