#include "atelier/style/code_file.h"

#include <cmath>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/style/detail/json_text.h"
#include "atelier/style/style_library.h"

namespace atelier::style {
namespace {

constexpr int kCodeFileVersion = 1;
constexpr const char* kVersionKey = "atelier_style_code";
constexpr const char* kError = "style.code";
constexpr std::size_t kMaxValues = 65536;

}  // namespace

void require_good_code(const StyleCode& code, const std::string& where) {
  if (code.values.empty() || code.values.size() > kMaxValues) {
    throw Error(ErrorCode::BadData, kError,
                where + ": a style code has 1.." + std::to_string(kMaxValues) + " numbers, this one has " +
                    std::to_string(code.values.size()));
  }
  for (const float value : code.values) {
    if (!std::isfinite(value)) {
      throw Error(ErrorCode::BadData, kError,
                  where + ": the style code holds a number that is not finite; make it again");
    }
  }
}

void write_code_file(const std::filesystem::path& path, const StyleCode& code,
                     const std::map<std::string, double>& attributes) {
  require_good_code(code, printable(path.string()));
  nlohmann::json json = {
      {kVersionKey, kCodeFileVersion}, {"space", code.space}, {"values", detail::short_floats(code.values)}};
  if (!attributes.empty()) json["attributes"] = attributes;
  write_file_atomically(path, detail::pretty(json));
}

StyleCode read_code_file(const std::filesystem::path& path) {
  return read_saved_code(path).code;
}

SavedCode read_saved_code(const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  const nlohmann::json json = detail::parse_document(read_file(path, detail::kMaxFileBytes), name, kError);
  const detail::ObjectReader reader(json, name, kError, {kVersionKey, "space", "values", "attributes"});
  if (reader.number(kVersionKey) != kCodeFileVersion) {
    reader.refuse("this program reads style code files of version 1; use a newer program");
  }
  SavedCode saved;
  StyleCode& code = saved.code;
  code = {.space = reader.text("space"), .values = reader.floats("values")};
  if (!is_space_id(code.space)) reader.refuse("'space' is no id of a style space");
  require_good_code(code, name);
  if (const nlohmann::json* attributes = reader.find("attributes")) {
    if (!attributes->is_object()) reader.refuse("'attributes' must be an object of numbers");
    for (const auto& item : attributes->items()) {
      saved.attributes[item.key()] =
          detail::ObjectReader::finite(item.value(), name + ": '" + printable(item.key()) + "'", kError);
    }
  }
  return saved;
}

}  // namespace atelier::style
