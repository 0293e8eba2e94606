#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/style/style_library.h"
#include "atelier/style/user_styles.h"
#include "style_words.h"

namespace atelier::cli {

/// What is known about a style, without its numbers: name, title, artist, year, period, source, licence, own.
nlohmann::json style_json(const style::NamedStyle& style, const style::Gallery& gallery);

struct FoundStyle {
  const style::NamedStyle* style = nullptr;
  std::optional<double> match;  ///< how well it answers the looks asked for, -2 .. 2; none: nothing was asked
};

/// The styles that are about each of `words` ("hokusai") and answer `like` ("ukiyo-e, muted"; see
/// style::parse_query), best first where looks are asked for, else in the gallery's order. Both may be empty.
/// Errors: Usage "style.words" for words that no style is about; Unavailable "style.no_attributes" for looks
/// when the model's styles were never measured.
std::vector<FoundStyle> find_styles(const style::Gallery& gallery, const StyleWords& measured,
                                    const std::vector<std::string>& words, const std::string& like);

}  // namespace atelier::cli
