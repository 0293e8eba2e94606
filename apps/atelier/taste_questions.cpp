#include "taste_questions.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "atelier/style/attributes.h"

namespace atelier::cli {
namespace {

/// A mood as a mixture of attributes; the shares are what the words mean to us, not measured.
struct MoodQuestion {
  const char* key;
  const char* low;
  const char* high;
  std::vector<std::pair<const char*, double>> shares;
};

const std::vector<MoodQuestion>& mood_questions() {
  static const std::vector<MoodQuestion> questions = {
      {"mood-calm-dramatic",
       "calm pictures",
       "dramatic pictures",
       {{"contrast", 1}, {"disorder", 1}, {"saturation", 0.5}}},
      {"mood-sombre-cheerful",
       "sombre pictures",
       "cheerful pictures",
       {{"lightness", 1}, {"saturation", 1}, {"warmth", 0.5}}},
      {"mood-delicate-bold",
       "delicate pictures",
       "bold pictures",
       {{"stroke-size", 1}, {"contrast", 1}, {"outlines", 0.5}}},
  };
  return questions;
}

/// An answer about a mood says less about each attribute than a question about that attribute.
constexpr double kMoodNoise = 1.25;

Eigen::Index row_of(const personalization::PopulationPrior& prior, const std::string& question) {
  const auto found = std::ranges::find(prior.survey_questions, question);
  return found == prior.survey_questions.end() ? -1 : found - prior.survey_questions.begin();
}

}  // namespace

std::vector<SurveyQuestion> survey_questions(const personalization::PopulationPrior& prior) {
  std::vector<SurveyQuestion> questions;
  for (const MoodQuestion& mood : mood_questions()) {
    if (row_of(prior, mood.key) >= 0) questions.push_back({mood.key, mood.low, mood.high});
  }
  for (const style::Attribute& attribute : style::attributes()) {
    if (row_of(prior, attribute.key) >= 0)
      questions.push_back({attribute.key, attribute.low_phrase, attribute.high_phrase});
  }
  return questions;
}

std::optional<SurveyQuestion> find_survey_question(const std::string& key) {
  for (const MoodQuestion& mood : mood_questions()) {
    if (key == mood.key) return SurveyQuestion{mood.key, mood.low, mood.high};
  }
  const style::Attribute* attribute = style::find_attribute(key);
  if (attribute == nullptr) return std::nullopt;
  return SurveyQuestion{attribute->key, attribute->low_phrase, attribute->high_phrase};
}

void add_mood_questions(personalization::PopulationPrior& prior) {
  for (const MoodQuestion& mood : mood_questions()) {
    if (row_of(prior, mood.key) >= 0) continue;
    Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(prior.dim());
    double total = 0, noise = 0;
    for (const auto& [attribute, share] : mood.shares) {
      const Eigen::Index at = row_of(prior, attribute);
      if (at < 0) continue;
      row += share * prior.survey.row(at);
      noise = std::max(noise, prior.survey_noise(at));
      total += share;
    }
    if (total == 0) continue;
    const Eigen::Index count = prior.survey.rows();
    prior.survey.conservativeResize(count + 1, prior.dim());
    prior.survey.row(count) = row / total;
    prior.survey_noise.conservativeResize(count + 1);
    prior.survey_noise(count) = kMoodNoise * noise;
    prior.survey_questions.emplace_back(mood.key);
  }
}

}  // namespace atelier::cli
