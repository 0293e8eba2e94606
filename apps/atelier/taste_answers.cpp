#include "taste_answers.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "standard_streams.h"
#include "taste_questions.h"

namespace atelier::cli {
namespace {

using nlohmann::json;
using storage::AnswerKind;

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxAnswers = 10'000;
constexpr int kMaxDepth = 8;

// A typed word may be anything; a message shows the start of it.
std::string shown(const std::string& word) {
  constexpr std::size_t kMost = 60;
  return printable(word.size() <= kMost ? word : word.substr(0, kMost) + "...");
}

/// The number of a step 1..5, with a fraction or without.
std::optional<double> step_of(const std::string& text) {
  if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789.") != std::string::npos)
    return {};
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !(value >= 1 && value <= 5)) return {};
  return value;
}

/// One entry of a file of answers. Everything it says wrong is named by its place.
class Entry {
 public:
  Entry(const json& entry, std::string where) : entry_(entry), where_(std::move(where)) {}

  void require_keys(const std::set<std::string>& known) const {
    if (!entry_.is_object()) refuse("is no object");
    for (const auto& [key, value] : entry_.items()) {
      if (!known.contains(key)) refuse("has an unknown field '" + shown(key) + "'");
    }
  }
  bool has(const char* key) const { return entry_.is_object() && entry_.contains(key); }
  std::string text(const char* key) const {
    if (!has(key)) return {};
    if (!entry_[key].is_string()) refuse(std::string("'") + key + "' must be text");
    return entry_[key].get<std::string>();
  }
  /// A word or a number; numbers come as people type them.
  std::string verdict() const {
    if (!has("answer")) refuse("has no 'answer'");
    const json& value = entry_["answer"];
    if (value.is_string() && !step_of(value.get<std::string>())) return value.get<std::string>();
    if (value.is_number()) return fmt::format("{:g}", value.get<double>());
    refuse("'answer' must be a number 1..5 or a word such as \"skip\"");
  }
  std::int64_t time() const {
    if (!has("time")) return 0;
    const json& value = entry_["time"];
    if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() > 253402300799.0)
      refuse("'time' must be whole seconds since 1970");
    return value.get<std::int64_t>();
  }

  [[noreturn]] void refuse(const std::string& cause) const {
    throw Error(ErrorCode::BadData, "taste.answers", where_ + " " + cause);
  }

 private:
  const json& entry_;
  std::string where_;
};

json parse_json(std::string_view text, const std::string& name) {
  const auto limit_depth = [&](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth)
      throw Error(ErrorCode::BadData, "taste.answers", name + ": answers are not nested that deeply");
    return true;
  };
  try {
    return json::parse(text, limit_depth);
  } catch (const json::exception&) {
    throw Error(ErrorCode::BadData, "taste.answers",
                name + ": this is no JSON; see 'Answers as JSON' in docs/taste.md");
  }
}

std::optional<storage::Answer> read_entry(const TasteGallery& gallery, const Entry& entry) {
  entry.require_keys({"question", "style", "first", "second", "answer", "mood", "context", "time", "token"});
  const int kinds = entry.has("question") + entry.has("style") + entry.has("first");
  if (kinds != 1 || entry.has("first") != entry.has("second"))
    entry.refuse("must have one of 'question', 'style', or 'first' with 'second'");
  const std::string verdict = entry.verdict();
  storage::Answer answer;
  try {
    if (entry.has("question")) {
      if (verdict == "skip") return std::nullopt;
      answer = survey_answer(gallery, entry.text("question"), verdict);
    } else if (entry.has("style")) {
      answer = rating_answer(gallery, entry.text("style"), verdict);
    } else {
      answer = choice_answer(gallery, entry.text("first"), entry.text("second"), verdict);
    }
    answer.mood = entry.text("mood");
    answer.context = entry.text("context");
    answer.token = entry.text("token");
    answer.time = entry.time();
    storage::validate(answer);
  } catch (const Error& error) {
    if (error.id() == "taste.answers") throw;
    entry.refuse(std::string("is refused: ") + error.what());
  }
  return answer;
}

const char* words_of(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::Like:
      return "you liked ";
    case AnswerKind::Dislike:
      return "you disliked ";
    case AnswerKind::Save:
      return "you saved ";
    case AnswerKind::Skip:
      return "you skipped ";
    case AnswerKind::Rating:
    case AnswerKind::Choice:
    case AnswerKind::Survey:
      break;
  }
  return "";
}

std::string describe_wish(const storage::Answer& answer) {
  const std::optional<SurveyQuestion> question = find_survey_question(answer.question);
  if (!question)
    return fmt::format("you said {:g} of 1 to 5 about {}", 3 + 2 * answer.value, answer.question);
  if (answer.value == 0) return "you like " + question->low + " and " + question->high + " alike";
  const bool is_high = answer.value > 0;
  return "you like " + (is_high ? question->high : question->low) +
         (std::abs(answer.value) > 0.75 ? " much" : "") + " better than " +
         (is_high ? question->low : question->high);
}

std::string name_of(const storage::Subject& subject) {
  return subject.style.empty() ? "a style without a name" : printable(subject.style);
}

}  // namespace

storage::Answer rating_answer(const TasteGallery& gallery, const std::string& style,
                              const std::string& verdict) {
  static const std::map<std::string, AnswerKind> kWords = {{"like", AnswerKind::Like},
                                                           {"dislike", AnswerKind::Dislike},
                                                           {"save", AnswerKind::Save},
                                                           {"skip", AnswerKind::Skip}};
  storage::Answer answer;
  if (const auto word = kWords.find(verdict); word != kWords.end()) {
    answer.kind = word->second;
  } else if (const std::optional<double> step = step_of(verdict)) {
    answer.kind = AnswerKind::Rating;
    answer.value = *step;
  } else {
    throw Error(ErrorCode::Usage, "taste.rating",
                "'" + shown(verdict) + "' is no rating; say 1 to 5, like, dislike, save or skip");
  }
  answer.subjects = {gallery.subject(style)};
  return answer;
}

storage::Answer choice_answer(const TasteGallery& gallery, const std::string& first,
                              const std::string& second, const std::string& verdict) {
  static const std::map<std::string, double> kWords = {{"a", 1}, {"b", 0}, {"tie", 0.5}};
  storage::Answer answer;
  if (const auto word = kWords.find(verdict); word != kWords.end()) {
    answer.kind = AnswerKind::Choice;
    answer.value = word->second;
  } else if (verdict == "skip") {
    answer.kind = AnswerKind::Skip;
  } else {
    throw Error(ErrorCode::Usage, "taste.choice",
                "'" + shown(verdict) + "' is no choice; say a, b, tie or skip");
  }
  answer.subjects = {gallery.subject(first), gallery.subject(second)};
  if (first == second)
    throw Error(ErrorCode::Usage, "taste.choice",
                "'" + first + "' against itself is no choice; name two styles");
  return answer;
}

storage::Answer survey_answer(const TasteGallery& gallery, const std::string& question,
                              const std::string& verdict) {
  std::vector<std::string> known;
  for (const SurveyQuestion& one : survey_questions(gallery.prior())) known.push_back(one.key);
  if (std::ranges::find(known, question) == known.end()) {
    const std::string near = question.size() <= 64 ? nearest_word(question, known) : "";
    throw Error(
        ErrorCode::Usage, "taste.survey",
        "the survey has no question '" + shown(question) + "'" +
            (near.empty() ? "; 'atelier taste survey --next' lists them" : ", did you mean '" + near + "'?"));
  }
  const std::optional<double> step = step_of(verdict);
  if (!step)
    throw Error(ErrorCode::Usage, "taste.survey",
                "'" + shown(verdict) + "' is no answer; say 1 to 5 or skip");
  storage::Answer answer;
  answer.kind = AnswerKind::Survey;
  answer.question = question;
  answer.value = (*step - 3) / 2;
  return answer;
}

std::vector<storage::Answer> parse_answers(const TasteGallery& gallery, std::string_view text,
                                           const std::string& name) {
  const json document = parse_json(text, name);
  const auto refuse = [&](const std::string& cause) {
    throw Error(ErrorCode::BadData, "taste.answers",
                name + ": " + cause + "; see 'Answers as JSON' in docs/taste.md");
  };
  if (!document.is_object() || document.value("schema", json()) != 1)
    refuse("this is no object with \"schema\": 1");
  for (const auto& [key, value] : document.items()) {
    if (key != "schema" && key != "answers") refuse("there is no field '" + shown(key) + "'");
  }
  if (!document.contains("answers") || !document["answers"].is_array())
    refuse("the list 'answers' is missing");
  if (document["answers"].size() > kMaxAnswers) refuse("more than 10000 answers at once; use several files");
  std::vector<storage::Answer> answers;
  for (std::size_t i = 0; i < document["answers"].size(); ++i) {
    const Entry entry(document["answers"][i], fmt::format("{}: answers[{}]", name, i));
    if (std::optional<storage::Answer> answer = read_entry(gallery, entry))
      answers.push_back(std::move(*answer));
  }
  return answers;
}

std::vector<storage::Answer> read_answers(const TasteGallery& gallery, const std::string& file) {
  if (file != "-") return parse_answers(gallery, read_file(file, kMaxBytes), printable(file));
  const std::vector<std::byte> bytes = read_standard_input(kMaxBytes);
  return parse_answers(gallery, {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                       "standard input");
}

std::string describe(const storage::Answer& answer) {
  switch (answer.kind) {
    case AnswerKind::Rating:
      return fmt::format("you gave {} to {}", answer.value, name_of(answer.subjects.front()));
    case AnswerKind::Survey:
      return describe_wish(answer);
    case AnswerKind::Choice: {
      const std::string first = name_of(answer.subjects.front()), second = name_of(answer.subjects.back());
      if (answer.value == 0.5) return "you found " + first + " and " + second + " equally good";
      return answer.value > 0.5 ? "you chose " + first + " over " + second
                                : "you chose " + second + " over " + first;
    }
    case AnswerKind::Like:
    case AnswerKind::Dislike:
    case AnswerKind::Save:
    case AnswerKind::Skip:
      break;
  }
  std::string text = words_of(answer.kind) + name_of(answer.subjects.front());
  if (answer.subjects.size() == 2) text += " against " + name_of(answer.subjects.back());
  return text;
}

json to_json(const storage::Answer& answer) {
  json subjects = json::array();
  for (const storage::Subject& subject : answer.subjects) subjects.push_back(subject.style);
  return {{"id", answer.id},
          {"kind", storage::to_string(answer.kind)},
          {"styles", subjects},
          {"value", answer.value},
          {"question", answer.question},
          {"mood", answer.mood},
          {"context", answer.context},
          {"time", answer.time},
          {"text", describe(answer)}};
}

}  // namespace atelier::cli
