#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace atelier {

/// Throws Error Config when `json` is no object or holds a key that is not in `known`; the message names the
/// key, `where` it stands and the nearest known key.
void require_known_keys(const nlohmann::json& json, std::initializer_list<std::string_view> known,
                        const std::string& where);

/// Reads json[key] into `value` when it is there; Error Config names `where` and the key when its type is
/// wrong.
template <typename T>
void read_option(const nlohmann::json& json, const char* key, T& value, const std::string& where);

/// The known word nearest to `word` by edit distance, or empty when none is near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

[[noreturn]] void throw_bad_option(const std::string& where, const std::string& key,
                                   const std::string& cause);

template <typename T>
void read_option(const nlohmann::json& json, const char* key, T& value, const std::string& where) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    // The JSON library would cut 1.5 to 1 in silence.
    if (found->is_number() && !found->is_number_integer())
      throw_bad_option(where, key, "must be a whole number");
  }
  try {
    value = found->template get<T>();
  } catch (const nlohmann::json::exception&) {
    throw_bad_option(where, key, "has the wrong type (" + std::string(found->type_name()) + ")");
  }
}

}  // namespace atelier
