#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/style/attributes.h"
#include "atelier/style/style_library.h"

namespace atelier::style {

/// Whether the style's name, title, artist, year, century ("19th century"), period, source or licence
/// contains the words; capitals do not matter, and '-' and '_' are as good as a space.
bool is_about(const NamedStyle& style, std::string_view words);

/// The century a year such as "c. 1831" or "1599-1600" belongs to, "19th century"; empty when no year is in
/// it. What says its century already ("17th century", "16th-18th c.") keeps it.
std::string century_of(std::string_view year);

/// What a licence note of a manifest comes to: "MIT repo; ...; judged: public domain (author d. ...)" to
/// "public domain"; a plain licence as it is.
std::string short_licence(std::string_view licence);

/// Words a person looks for: looks that can be measured, and words about a style that are written down.
struct StyleQuery {
  std::vector<AttributeWish> looks;
  std::vector<std::string> words, unwanted;  ///< as is_about takes them

  /// All of `words` and none of `unwanted`.
  bool admits(const NamedStyle& style) const;
};

/// "ukiyo-e, blue, not dark": between commas, words for an attribute (see parse_wishes), else words that some
/// style of the gallery is about. Error Usage "style.words" for what is neither, with the nearest known word,
/// and for none at all.
StyleQuery parse_query(const std::string& text, std::span<const NamedStyle* const> gallery);

}  // namespace atelier::style
