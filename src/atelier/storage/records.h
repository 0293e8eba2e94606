#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "atelier/style/style_code.h"

namespace atelier::storage {

/// What an answer was about: a style as it was shown. Code and attributes are copied into the answer, so that
/// taste survives a renamed style and, through the attributes, another model's style space.
struct Subject {
  std::string style;                         ///< gallery name, or "" for a code without one
  StyleCode code;                            ///< may be empty when only a name was judged
  std::map<std::string, double> attributes;  ///< measured, model-free (style/attributes.h), finite

  bool operator==(const Subject&) const = default;
};

enum class AnswerKind {
  Rating,  ///< one subject; value 1..5
  Like,    ///< one subject; value unused (0), as for Dislike, Save and Skip
  Dislike,
  Save,    ///< kept the picture: a strong like
  Skip,    ///< one or two subjects: would not say
  Choice,  ///< two subjects; value 1: the first is better, 0: the second, 0.5: a tie
  Survey,  ///< no subject; `question` names an attribute or a mood question, value -1..1
};

/// One answer of one person. Raw answers are the truth; every fitted model is a cache of them.
struct Answer {
  std::int64_t id = 0;  ///< given by the store, rising; 0 before it is stored
  AnswerKind kind = AnswerKind::Rating;
  std::vector<Subject> subjects;
  double value = 0;
  std::string question;   ///< Survey only: 1..64 of a-z, 0-9 and '-'
  std::string mood;       ///< "" or 1..64 bytes: a taste of its own beside the person's general one
  std::string context;    ///< free note for people, at most 1024 bytes: the photo's name, the command
  std::int64_t time = 0;  ///< seconds since 1970, UTC
  std::string token;      ///< idempotency key of the asker, at most 64 bytes; "" for none

  bool operator==(const Answer&) const = default;
};

const char* to_string(AnswerKind kind);                 ///< "rating", "like", ...
AnswerKind parse_answer_kind(const std::string& text);  ///< Error BadData "taste.answer" for another word

/// Error BadData "taste.answer" naming the field that is out of range: counts of subjects, value (finite, in
/// the kind's range), lengths, control characters, codes and attributes that are not finite.
void validate(const Answer& answer);

}  // namespace atelier::storage
