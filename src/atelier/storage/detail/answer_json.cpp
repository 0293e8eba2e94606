#include "atelier/storage/detail/answer_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "atelier/core/error.h"

namespace atelier::storage::detail {
namespace {

using nlohmann::json;

constexpr char kPackVersion = 1;

[[noreturn]] void refuse(const std::string& field, const std::string& cause) {
  throw Error(ErrorCode::BadData, "taste.answer", "the answer's " + field + " " + cause);
}

double shortest(float value) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  double number = 0;
  std::from_chars(text, written.ptr, number);
  return number;
}

json subject_json(const Subject& subject, Digits digits) {
  json object = json::object();
  if (!subject.style.empty()) object["style"] = subject.style;
  if (!subject.code.space.empty()) {
    json values = json::array();
    for (const float value : subject.code.values) {
      values.push_back(digits == Digits::Short ? shortest(value) : static_cast<double>(value));
    }
    object["code"] = {{"space", subject.code.space}, {"values", std::move(values)}};
  }
  if (!subject.attributes.empty()) object["attributes"] = subject.attributes;
  return object;
}

void require_object(const json& object, std::initializer_list<std::string_view> known,
                    const std::string& field) {
  if (!object.is_object()) refuse(field, "must be an object");
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      refuse(field, "has the unknown field '" + printable(key.substr(0, 64)) + "'");
    }
  }
}

std::string text_or_empty(const json& object, const char* key, const std::string& field) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (!found->is_string()) refuse(field, "must be text");
  return found->get<std::string>();
}

double number(const json& value, const std::string& field) {
  if (!value.is_number()) refuse(field, std::string("must be a number, not ") + value.type_name());
  return value.get<double>();
}

std::int64_t whole_or_zero(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  const bool too_big =
      found->is_number_unsigned() &&
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!found->is_number_integer() || too_big) refuse(key, "must be a whole number");
  return found->get<std::int64_t>();
}

StyleCode code_from(const json& object, const std::string& field) {
  require_object(object, {"space", "values"}, field);
  StyleCode code;
  code.space = text_or_empty(object, "space", field + ".space");
  if (code.space.empty()) refuse(field + ".space", "is missing");
  const auto values = object.find("values");
  if (values == object.end()) return code;
  if (!values->is_array()) refuse(field + ".values", "must be an array of numbers");
  code.values.reserve(values->size());
  for (const json& value : *values) {
    const double exact = number(value, field + ".values");
    // The shortest decimals of the largest float lie a little above it.
    constexpr double kMost = std::numeric_limits<float>::max();
    if (std::abs(exact) > kMost * (1 + 0x1p-25)) refuse(field + ".values", "hold a number too large");
    code.values.push_back(static_cast<float>(std::clamp(exact, -kMost, kMost)));
  }
  return code;
}

Subject subject_from(const json& object, const std::string& field) {
  require_object(object, {"style", "code", "attributes"}, field);
  Subject subject;
  subject.style = text_or_empty(object, "style", field + ".style");
  if (const auto code = object.find("code"); code != object.end())
    subject.code = code_from(*code, field + ".code");
  if (const auto attributes = object.find("attributes"); attributes != object.end()) {
    if (!attributes->is_object()) refuse(field + ".attributes", "must be an object");
    for (const auto& [key, value] : attributes->items()) {
      subject.attributes[key] = number(value, field + ".attributes." + printable(key.substr(0, 64)));
    }
  }
  return subject;
}

bool is_uid(const std::string& text) {
  return text.empty() ||
         (text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos);
}

}  // namespace

json to_json(const StoredAnswer& stored, Digits digits) {
  const Answer& answer = stored.answer;
  json object = {{"kind", to_string(answer.kind)}, {"time", answer.time}};
  if (answer.id != 0) object["id"] = answer.id;
  if (answer.value != 0) object["value"] = answer.value;
  for (const Subject& subject : answer.subjects) object["subjects"].push_back(subject_json(subject, digits));
  if (!answer.question.empty()) object["question"] = answer.question;
  if (!answer.mood.empty()) object["mood"] = answer.mood;
  if (!answer.context.empty()) object["context"] = answer.context;
  if (!answer.token.empty()) object["token"] = answer.token;
  if (!stored.uid.empty()) object["uid"] = stored.uid;
  if (stored.undone) object["undone"] = true;
  return object;
}

StoredAnswer from_json(const json& object) {
  require_object(
      object,
      {"id", "kind", "time", "value", "subjects", "question", "mood", "context", "token", "uid", "undone"},
      "line");
  StoredAnswer stored;
  Answer& answer = stored.answer;
  if (!object.contains("kind")) refuse("kind", "is missing");
  answer.kind = parse_answer_kind(text_or_empty(object, "kind", "kind"));
  answer.id = whole_or_zero(object, "id");
  if (!object.contains("time")) refuse("time", "is missing");
  answer.time = whole_or_zero(object, "time");
  if (const auto value = object.find("value"); value != object.end()) answer.value = number(*value, "value");
  if (const auto subjects = object.find("subjects"); subjects != object.end()) {
    if (!subjects->is_array()) refuse("subjects", "must be an array");
    for (const json& subject : *subjects) {
      answer.subjects.push_back(
          subject_from(subject, "subjects[" + std::to_string(answer.subjects.size()) + "]"));
    }
  }
  answer.question = text_or_empty(object, "question", "question");
  answer.mood = text_or_empty(object, "mood", "mood");
  answer.context = text_or_empty(object, "context", "context");
  answer.token = text_or_empty(object, "token", "token");
  stored.uid = text_or_empty(object, "uid", "uid");
  if (!is_uid(stored.uid)) refuse("uid", "must be 32 hex digits");
  if (const auto undone = object.find("undone"); undone != object.end()) {
    if (!undone->is_boolean()) refuse("undone", "must be true or false");
    stored.undone = undone->get<bool>();
  }
  validate(answer);
  return stored;
}

std::string pack(const StoredAnswer& stored) {
  json object = to_json(stored, Digits::Exact);
  object.erase("id");
  object.erase("undone");
  std::string bytes(1, kPackVersion);
  json::to_cbor(object, bytes);
  return bytes;
}

StoredAnswer unpack(std::string_view bytes) {
  try {
    if (bytes.empty() || bytes.front() != kPackVersion) {
      throw Error(ErrorCode::BadData, "store.corrupt",
                  "an answer is kept in an unknown form; use a newer atelier");
    }
    return from_json(json::from_cbor(bytes.begin() + 1, bytes.end()));
  } catch (const json::exception&) {
    throw Error(ErrorCode::BadData, "store.corrupt", "an answer in the store is damaged; restore a backup");
  }
}

}  // namespace atelier::storage::detail
