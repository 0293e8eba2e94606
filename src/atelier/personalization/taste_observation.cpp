#include "atelier/personalization/taste_observation.h"

#include <bit>
#include <cstdint>

#include "atelier/core/error.h"
#include "atelier/weights/sha256.h"

namespace atelier::personalization {
namespace {

std::string key_of(const storage::Subject& subject) {
  if (!subject.style.empty()) return subject.style;
  std::string text = subject.code.space;
  for (const float value : subject.code.values)
    text += ' ' + std::to_string(std::bit_cast<std::uint32_t>(value));
  for (const auto& [key, value] : subject.attributes) {
    text += ' ' + key + ' ' + std::to_string(std::bit_cast<std::uint64_t>(value));
  }
  return "#" + weights::sha256_hex(text).substr(0, 16);
}

}  // namespace

std::vector<TasteObservation> observe(const TasteFeatures& features,
                                      std::span<const storage::Answer> answers) {
  std::vector<TasteObservation> observations;
  observations.reserve(answers.size());
  for (const storage::Answer& answer : answers) {
    try {
      storage::validate(answer);
      TasteObservation observation{.kind = answer.kind,
                                   .first = {},
                                   .second = {},
                                   .first_key = {},
                                   .second_key = {},
                                   .value = answer.value,
                                   .question = answer.question,
                                   .mood = answer.mood,
                                   .id = answer.id,
                                   .time = answer.time};
      if (!answer.subjects.empty()) {
        observation.first = features.psi(answer.subjects[0]);
        observation.first_key = key_of(answer.subjects[0]);
      }
      if (answer.subjects.size() > 1) {
        observation.second = features.psi(answer.subjects[1]);
        observation.second_key = key_of(answer.subjects[1]);
      }
      observations.push_back(std::move(observation));
    } catch (const Error& error) {
      throw Error(error.code(), error.id(), "answer " + std::to_string(answer.id) + ": " + error.what());
    }
  }
  return observations;
}

TasteObservation rating_of(const Eigen::VectorXd& psi, double value, const std::string& key,
                           std::int64_t id) {
  TasteObservation observation;
  observation.kind = storage::AnswerKind::Rating;
  observation.first = psi;
  observation.first_key = key;
  observation.value = value;
  observation.id = id;
  return observation;
}

TasteObservation choice_of(const Eigen::VectorXd& first, const Eigen::VectorXd& second, double value,
                           const std::string& first_key, const std::string& second_key, std::int64_t id) {
  TasteObservation observation;
  observation.kind = storage::AnswerKind::Choice;
  observation.first = first;
  observation.second = second;
  observation.first_key = first_key;
  observation.second_key = second_key;
  observation.value = value;
  observation.id = id;
  return observation;
}

}  // namespace atelier::personalization
