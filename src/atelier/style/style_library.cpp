#include "atelier/style/style_library.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/style/blend.h"
#include "atelier/style/code_file.h"
#include "atelier/style/detail/json_text.h"

namespace atelier::style {
namespace {

constexpr int kFormatVersion = 1;
constexpr const char* kVersionKey = "atelier_styles";
constexpr const char* kError = "style.library";

void require_space_id(const std::string& space) {
  if (is_space_id(space)) return;
  throw Error(
      ErrorCode::Config, "style.space",
      "'" + printable(space) + "' is no id of a style space; use 1..64 letters, digits, '-', '_' and '.'");
}

nlohmann::json style_json(const NamedStyle& style) {
  nlohmann::json json = {{"name", style.name}, {"code", detail::short_floats(style.code.values)}};
  const auto put_text = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  put_text("title", style.title);
  put_text("artist", style.artist);
  put_text("year", style.year);
  put_text("period", style.period);
  put_text("source", style.source);
  put_text("licence", style.licence);
  put_text("sha256", style.sha256);
  put_text("delta", style.delta);
  if (style.detail >= 0) json["detail"] = detail::short_float(style.detail);
  if (!style.attributes.empty()) json["attributes"] = style.attributes;
  if (!style.coordinates.empty()) json["coordinates"] = style.coordinates;
  return json;
}

// It becomes the name of a file.
bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

NamedStyle parse_style(const nlohmann::json& json, const std::string& space, const std::string& where) {
  const detail::ObjectReader reader(json, where, kError,
                                    {"name", "title", "artist", "year", "period", "source", "licence",
                                     "sha256", "delta", "code", "detail", "attributes", "coordinates"});
  NamedStyle style;
  style.name = reader.text("name");
  style.title = reader.text("title", "");
  style.artist = reader.text("artist", "");
  style.year = reader.text("year", "");
  style.period = reader.text("period", "");
  style.source = reader.text("source", "");
  style.licence = reader.text("licence", "");
  style.sha256 = reader.text("sha256", "");
  style.delta = reader.text("delta", "");
  if (!style.delta.empty() && !is_sha256(style.delta)) reader.refuse("'delta' is no SHA-256");
  style.code = {.space = space, .values = reader.floats("code")};
  if (reader.find("detail") != nullptr) {
    style.detail = static_cast<float>(reader.number("detail"));
    if (!(style.detail >= 0 && style.detail <= 1)) reader.refuse("'detail' must lie in 0..1");
  }
  if (const nlohmann::json* attributes = reader.find("attributes")) {
    if (!attributes->is_object()) reader.refuse("'attributes' must be an object of numbers");
    for (const auto& item : attributes->items()) {
      style.attributes[item.key()] =
          detail::ObjectReader::finite(item.value(), where + ": '" + printable(item.key()) + "'", kError);
    }
  }
  if (const nlohmann::json* coordinates = reader.find("coordinates")) {
    if (!coordinates->is_array()) reader.refuse("'coordinates' must be an array of numbers");
    for (const nlohmann::json& item : *coordinates) {
      style.coordinates.push_back(detail::ObjectReader::finite(item, where + ": 'coordinates'", kError));
    }
  }
  return style;
}

double length_between(const std::vector<double>& a, const std::vector<double>& b) {
  return std::sqrt(std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                                         [](double x, double y) { return (x - y) * (x - y); }));
}

}  // namespace

bool is_style_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_space_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && id.front() != '.' && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

StyleLibrary::StyleLibrary(std::string space) : space_(std::move(space)) {
  require_space_id(space_);
}

StyleLibrary StyleLibrary::read(const std::filesystem::path& path, const std::string& expected_space) {
  return parse(read_file(path, detail::kMaxFileBytes), printable(path.string()), expected_space);
}

StyleLibrary StyleLibrary::parse(std::string_view text, const std::string& name,
                                 const std::string& expected_space) {
  const nlohmann::json json = detail::parse_document(text, name, kError);
  const detail::ObjectReader reader(json, name, kError, {kVersionKey, "space", "styles"});
  if (reader.number(kVersionKey) != kFormatVersion) {
    reader.refuse("this program reads style libraries of version 1; use a newer program");
  }
  const std::string space = reader.text("space");
  if (!is_space_id(space)) reader.refuse("'space' is no id of a style space");
  if (!expected_space.empty() && space != expected_space) {
    throw Error(ErrorCode::BadData, "style.space",
                name + ": these styles belong to the model space '" + space + "', not to '" + expected_space +
                    "'; add the pictures again with this model");
  }
  const nlohmann::json& styles = reader.member("styles");
  if (!styles.is_array()) reader.refuse("'styles' must be an array");
  StyleLibrary library(space);
  for (std::size_t i = 0; i < styles.size(); ++i) {
    const std::string where = name + ": style " + std::to_string(i + 1);
    try {
      library.add(parse_style(styles[i], space, where));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::BadData && error.id() == kError) throw;
      throw Error(ErrorCode::BadData, kError, where + ": " + error.what());
    }
  }
  return library;
}

std::string StyleLibrary::to_text() const {
  nlohmann::json styles = nlohmann::json::array();
  for (const NamedStyle& style : styles_) styles.push_back(style_json(style));
  return detail::pretty({{kVersionKey, kFormatVersion}, {"space", space_}, {"styles", std::move(styles)}});
}

void StyleLibrary::write(const std::filesystem::path& path) const {
  write_file_atomically(path, to_text());
}

std::vector<std::string> StyleLibrary::names() const {
  std::vector<std::string> names;
  for (const NamedStyle& style : styles_) names.push_back(style.name);
  return names;
}

const NamedStyle* StyleLibrary::find(std::string_view name) const {
  const auto found =
      std::find_if(styles_.begin(), styles_.end(), [&](const auto& style) { return style.name == name; });
  return found == styles_.end() ? nullptr : &*found;
}

std::string StyleLibrary::suggestion(std::string_view name) const {
  return nearest_word(name, names());
}

void StyleLibrary::add(NamedStyle style) {
  const std::string who = "style '" + printable(style.name) + "'";
  if (!is_style_name(style.name)) {
    throw Error(ErrorCode::Usage, "style.name",
                who + ": a style's name is 1..64 of a-z, 0-9 and '-', for example old-town");
  }
  if (find(style.name) != nullptr) {
    throw Error(ErrorCode::Usage, "style.name",
                who + " exists already; choose another name or remove it first");
  }
  require_good_code(style.code, who);
  const bool other_length =
      !styles_.empty() && styles_.front().code.values.size() != style.code.values.size();
  if (style.code.space != space_ || other_length) {
    throw Error(ErrorCode::BadData, "style.space",
                who + " has a code of the space '" + printable(style.code.space) + "' with " +
                    std::to_string(style.code.values.size()) + " numbers, which does not belong into '" +
                    space_ + "'; make it with this model");
  }
  styles_.push_back(std::move(style));
}

bool StyleLibrary::remove(std::string_view name) {
  return std::erase_if(styles_, [&](const NamedStyle& style) { return style.name == name; }) > 0;
}

std::vector<StyleNeighbour> StyleLibrary::nearest(const StyleCode& code, std::size_t count,
                                                  const StyleSpace* space) const {
  const std::vector<double> z = space == nullptr ? std::vector<double>() : space->project(code);
  std::vector<StyleNeighbour> neighbours;
  for (const NamedStyle& style : styles_) {
    neighbours.push_back({.name = style.name,
                          .distance = space == nullptr ? distance(code, style.code)
                                                       : length_between(z, space->project(style.code))});
  }
  std::stable_sort(neighbours.begin(), neighbours.end(),
                   [](const StyleNeighbour& a, const StyleNeighbour& b) { return a.distance < b.distance; });
  neighbours.resize(std::min(count, neighbours.size()));
  return neighbours;
}

}  // namespace atelier::style
