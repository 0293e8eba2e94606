#include "atelier/style/detail/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier::style::detail {
namespace {

[[noreturn]] void refuse_value(const std::string& where, const char* id, const std::string& cause) {
  throw Error(ErrorCode::BadData, id, where + ": " + cause);
}

bool is_number_array(const nlohmann::json& json) {
  return json.is_array() &&
         std::all_of(json.begin(), json.end(), [](const auto& item) { return item.is_number(); });
}

// Titles may come from file names in any encoding: what is not UTF-8 is replaced, never a reason to lose the
// file.
std::string dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print(const nlohmann::json& json, std::size_t indent, std::string& out) {
  const bool flat = !json.is_structured() || json.empty() || is_number_array(json);
  if (flat) {
    out += dump(json);
    return;
  }
  const std::string margin(indent + 2, ' ');
  out += json.is_object() ? "{" : "[";
  bool first = true;
  for (const auto& item : json.items()) {
    out += first ? "\n" : ",\n";
    first = false;
    out += margin;
    if (json.is_object()) {
      out += dump(item.key());
      out += ": ";
    }
    print(item.value(), indent + 2, out);
  }
  out += "\n";
  out.append(indent, ' ');
  out += json.is_object() ? "}" : "]";
}

}  // namespace

std::string pretty(const nlohmann::json& json) {
  std::string out;
  print(json, 0, out);
  out += "\n";
  return out;
}

nlohmann::json short_float(float value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  double decimal = value;
  std::from_chars(digits, end, decimal);
  // The nearest double of the short decimal could in theory round to the neighbouring float; then keep every
  // digit.
  return static_cast<float>(decimal) == value ? decimal : static_cast<double>(value);
}

nlohmann::json short_floats(std::span<const float> values) {
  nlohmann::json json = nlohmann::json::array();
  for (const float value : values) json.push_back(short_float(value));
  return json;
}

nlohmann::json parse_document(std::string_view text, const std::string& name, const char* id) {
  if (text.size() > kMaxFileBytes) {
    refuse_value(name, id, "larger than the limit of " + std::to_string(kMaxFileBytes) + " bytes");
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    refuse_value(name, id,
                 "not valid JSON near byte " + std::to_string(error.byte) + "; get or write the file again");
  } catch (const nlohmann::json::out_of_range&) {
    refuse_value(name, id, "holds a number too large to be one; get or write the file again");
  }
}

ObjectReader::ObjectReader(const nlohmann::json& json, std::string where, const char* id,
                           std::initializer_list<std::string_view> known_keys)
    : json_(json), where_(std::move(where)), id_(id) {
  try {
    require_known_keys(json, known_keys, where_);
  } catch (const Error& error) {  // a configuration error elsewhere, broken data here
    throw Error(ErrorCode::BadData, id, error.what());
  }
}

void ObjectReader::refuse(const std::string& cause) const {
  refuse_value(where_, id_, cause);
}

const nlohmann::json* ObjectReader::find(const char* key) const {
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

const nlohmann::json& ObjectReader::member(const char* key) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr) refuse(std::string("'") + key + "' is missing");
  return *value;
}

std::string ObjectReader::text(const char* key) const {
  const nlohmann::json& value = member(key);
  if (!value.is_string()) refuse(std::string("'") + key + "' must be a text");
  return value.get<std::string>();
}

std::string ObjectReader::text(const char* key, const std::string& fallback) const {
  return find(key) == nullptr ? fallback : text(key);
}

double ObjectReader::finite(const nlohmann::json& value, const std::string& where, const char* id) {
  if (!value.is_number()) refuse_value(where, id, "must be a number");
  const double number = value.get<double>();
  if (!std::isfinite(number)) refuse_value(where, id, "is not a finite number");
  return number;
}

std::vector<float> ObjectReader::floats(const nlohmann::json& value, const std::string& where,
                                        const char* id) {
  if (!value.is_array()) refuse_value(where, id, "must be an array of numbers");
  std::vector<float> values;
  values.reserve(value.size());
  for (const nlohmann::json& item : value) {
    // Finite as a double is not enough: 1e300 is infinite as a float.
    const auto narrow = static_cast<float>(finite(item, where, id));
    if (!std::isfinite(narrow)) refuse_value(where, id, "holds a number too large for a float");
    values.push_back(narrow);
  }
  return values;
}

double ObjectReader::number(const char* key) const {
  return finite(member(key), where_ + ": '" + key + "'", id_);
}

std::vector<float> ObjectReader::floats(const char* key) const {
  return floats(member(key), where_ + ": '" + key + "'", id_);
}

}  // namespace atelier::style::detail
