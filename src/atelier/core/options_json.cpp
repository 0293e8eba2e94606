#include "atelier/core/options_json.h"

#include <algorithm>
#include <numeric>

#include "atelier/core/error.h"

namespace atelier {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substitute, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

void require_known_keys(const nlohmann::json& json, std::initializer_list<std::string_view> known,
                        const std::string& where) {
  if (!json.is_object()) throw Error(ErrorCode::Config, "config.type", where + ": must be an object { ... }");
  const std::vector<std::string> words(known.begin(), known.end());
  for (const auto& item : json.items()) {
    if (std::find(words.begin(), words.end(), item.key()) != words.end()) continue;
    const std::string near = nearest_word(item.key(), words);
    throw_bad_option(where, printable(item.key()),
                     near.empty() ? "is unknown" : "is unknown; did you mean '" + near + "'?");
  }
}

void throw_bad_option(const std::string& where, const std::string& key, const std::string& cause) {
  throw Error(ErrorCode::Config, "config.option", where + ": '" + key + "' " + cause);
}

}  // namespace atelier
