#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/personalization/population_prior.h"
#include "atelier/storage/records.h"
#include "taste_gallery.h"

namespace atelier::cli {

/// What was said about one style: "1".."5", "like", "dislike", "save" or "skip". Error Usage "taste.rating".
storage::Answer rating_answer(const TasteGallery& gallery, const std::string& style,
                              const std::string& verdict);

/// What was said about two: "a", "b", "tie" or "skip". Error Usage "taste.choice", also for a style against
/// itself.
storage::Answer choice_answer(const TasteGallery& gallery, const std::string& first,
                              const std::string& second, const std::string& verdict);

/// What was said to a question of the survey: "1".."5"; 1 is the low end. Error Usage "taste.survey".
storage::Answer survey_answer(const TasteGallery& gallery, const std::string& question,
                              const std::string& verdict);

/// Answers of any kind as JSON: {"schema": 1, "answers": [...]}, described in docs/taste.md. A skipped
/// question of the survey is no answer and left out. Error BadData "taste.answers" naming the entry and the
/// field; `name` stands for the file.
std::vector<storage::Answer> parse_answers(const TasteGallery& gallery, std::string_view text,
                                           const std::string& name);

/// The file that --answers names; "-" is standard input.
std::vector<storage::Answer> read_answers(const TasteGallery& gallery, const std::string& file);

/// One answer as a sentence: "you chose hokusai-wave over monet".
std::string describe(const storage::Answer& answer);
nlohmann::json to_json(const storage::Answer& answer);

}  // namespace atelier::cli
