#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::style::detail {

/// Files of this room larger than this are refused.
inline constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;

/// JSON for people and diffs: two spaces of indent, an array of numbers on one line, a newline at the end.
std::string pretty(const nlohmann::json& json);

/// Numbers that print as the shortest decimals which read back as exactly these floats.
nlohmann::json short_floats(std::span<const float> values);
nlohmann::json short_float(float value);

/// The document, or Error BadData `id` naming `name`.
nlohmann::json parse_document(std::string_view text, const std::string& name, const char* id);

/// The members of one JSON object, read with checks; every failure is an Error BadData `id` naming `where`.
class ObjectReader {
 public:
  ObjectReader(const nlohmann::json& json, std::string where, const char* id,
               std::initializer_list<std::string_view> known_keys);

  std::string text(const char* key, const std::string& fallback) const;
  std::string text(const char* key) const;              ///< required
  const nlohmann::json& member(const char* key) const;  ///< required
  const nlohmann::json* find(const char* key) const;    ///< nullptr when absent
  double number(const char* key) const;                 ///< required, finite
  std::vector<float> floats(const char* key) const;     ///< required, finite

  static double finite(const nlohmann::json& value, const std::string& where, const char* id);
  static std::vector<float> floats(const nlohmann::json& value, const std::string& where, const char* id);

  [[noreturn]] void refuse(const std::string& cause) const;

 private:
  const nlohmann::json& json_;
  std::string where_;
  const char* id_;
};

}  // namespace atelier::style::detail
