#include "atelier/storage/records.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/storage/user_name.h"
#include "atelier/style/style_library.h"

namespace atelier::storage {
namespace {

constexpr std::array<std::pair<AnswerKind, const char*>, 7> kKinds = {
    std::pair{AnswerKind::Rating, "rating"},   std::pair{AnswerKind::Like, "like"},
    std::pair{AnswerKind::Dislike, "dislike"}, std::pair{AnswerKind::Save, "save"},
    std::pair{AnswerKind::Skip, "skip"},       std::pair{AnswerKind::Choice, "choice"},
    std::pair{AnswerKind::Survey, "survey"}};

constexpr std::int64_t kLastSecond = 253402300799;  // of the year 9999
constexpr std::size_t kMaxCodeValues = 4096, kMaxAttributes = 256;

[[noreturn]] void refuse(const std::string& field, const std::string& cause) {
  throw Error(ErrorCode::BadData, "taste.answer", "the answer's " + field + " " + cause);
}

void check_text(const std::string& field, const std::string& text, std::size_t most) {
  if (text.size() > most) refuse(field, "is longer than " + std::to_string(most) + " bytes");
  if (!is_plain_text(text)) refuse(field, "is not plain UTF-8 text (control characters are not allowed)");
}

void check_subject(const Subject& subject, const std::string& field) {
  check_text(field + ".style", subject.style, 64);
  if (subject.style.empty() && subject.code.values.empty() && subject.attributes.empty()) {
    refuse(field, "names nothing: give a style, a code or attributes");
  }
  if (!subject.code.values.empty() || !subject.code.space.empty()) {
    if (!style::is_space_id(subject.code.space))
      refuse(field + ".code.space", "is not the id of a style space");
  }
  if (subject.code.values.size() > kMaxCodeValues) refuse(field + ".code.values", "are more than 4096");
  if (!std::all_of(subject.code.values.begin(), subject.code.values.end(),
                   [](float value) { return std::isfinite(value); })) {
    refuse(field + ".code.values", "hold a number that is not finite");
  }
  if (subject.attributes.size() > kMaxAttributes) refuse(field + ".attributes", "are more than 256");
  for (const auto& [key, value] : subject.attributes) {
    if (key.empty()) refuse(field + ".attributes", "hold an empty name");
    check_text(field + ".attributes", key, 64);
    if (!std::isfinite(value)) refuse(field + ".attributes." + key, "is not finite");
  }
}

std::string number(double value) {
  return std::isfinite(value) ? std::to_string(value) : "not finite";
}

void check_value(const Answer& answer) {
  const double value = answer.value;
  switch (answer.kind) {
    case AnswerKind::Rating:
      if (!(value >= 1 && value <= 5)) refuse("value", "is " + number(value) + "; a rating is 1..5");
      return;
    case AnswerKind::Choice:
      if (value != 0 && value != 0.5 && value != 1) {
        refuse("value", "is " + number(value) + "; a choice is 1 (the first), 0 (the second) or 0.5 (a tie)");
      }
      return;
    case AnswerKind::Survey:
      if (!(value >= -1 && value <= 1)) refuse("value", "is " + number(value) + "; a survey's is -1..1");
      return;
    default:
      if (value != 0) refuse("value", std::string("must be 0 for '") + to_string(answer.kind) + "'");
  }
}

void check_counts(const Answer& answer) {
  const std::size_t count = answer.subjects.size();
  const bool fits = answer.kind == AnswerKind::Survey   ? count == 0
                    : answer.kind == AnswerKind::Choice ? count == 2
                    : answer.kind == AnswerKind::Skip   ? count == 1 || count == 2
                                                        : count == 1;
  if (!fits) {
    refuse("subjects", "are " + std::to_string(count) + ", which does not fit '" +
                           std::string(to_string(answer.kind)) + "'");
  }
}

void check_question(const Answer& answer) {
  if (answer.kind != AnswerKind::Survey) {
    if (!answer.question.empty()) refuse("question", "belongs to a survey only");
  } else if (!style::is_style_name(answer.question)) {  // the same alphabet
    refuse("question", "must be 1 to 64 of a-z, 0-9 and '-'");
  }
}

}  // namespace

const char* to_string(AnswerKind kind) {
  for (const auto& [known, word] : kKinds) {
    if (known == kind) return word;
  }
  refuse("kind", "is none that is known");
}

AnswerKind parse_answer_kind(const std::string& text) {
  for (const auto& [kind, word] : kKinds) {
    if (text == word) return kind;
  }
  refuse("kind", "'" + printable(text.substr(0, 64)) +
                     "' is unknown; it is rating, like, dislike, save, skip, choice or survey");
}

void validate(const Answer& answer) {
  to_string(answer.kind);
  check_counts(answer);
  for (std::size_t i = 0; i < answer.subjects.size(); ++i) {
    check_subject(answer.subjects[i], "subjects[" + std::to_string(i) + "]");
  }
  check_value(answer);
  check_question(answer);
  check_text("mood", answer.mood, 64);
  check_text("context", answer.context, 1024);
  check_text("token", answer.token, 64);
  if (answer.time < 0 || answer.time > kLastSecond) refuse("time", "is outside 1970..9999");
}

}  // namespace atelier::storage
