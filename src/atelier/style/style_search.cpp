#include "atelier/style/style_search.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "atelier/core/error.h"

namespace atelier::style {
namespace {

// Lower case, separators as single spaces.
std::string folded_words(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    const bool is_gap = c == '-' || c == '_' || c == ' ' || c == '\t';
    if (is_gap && (folded.empty() || folded.back() == ' ')) continue;
    folded += is_gap ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string trimmed_words(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string()
             : std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// Nothing when it is no word for a look; `why` then says so.
std::optional<AttributeWish> look_for(const std::string& word, std::string& why) {
  try {
    return parse_wishes(word).front();
  } catch (const Error& error) {
    why = error.what();
    return std::nullopt;
  }
}

}  // namespace

std::string century_of(std::string_view year) {
  for (std::size_t i = 0; i < year.size(); ++i) {
    std::size_t end = i;
    while (end < year.size() && is_digit(year[end])) ++end;
    if (end == i) continue;
    if (end - i == 4 || (end - i == 3 && (end == year.size() || year[end] == ' '))) {
      const int century = (std::stoi(std::string(year.substr(i, end - i))) + 99) / 100;
      const bool is_teen = century / 10 % 10 == 1;
      const char* ending = is_teen             ? "th"
                           : century % 10 == 1 ? "st"
                           : century % 10 == 2 ? "nd"
                           : century % 10 == 3 ? "rd"
                                               : "th";
      return std::to_string(century) + ending + " century";
    }
    i = end;
  }
  return {};
}

bool is_about(const NamedStyle& style, std::string_view words) {
  const std::string wanted = folded_words(words);
  if (wanted.empty()) return false;
  const std::string century = century_of(style.year);
  const std::string_view fields[] = {style.name,   style.title,  style.artist,  style.year,
                                     style.period, style.source, style.licence, century};
  return std::any_of(std::begin(fields), std::end(fields), [&](std::string_view field) {
    return folded_words(field).find(wanted) != std::string::npos;
  });
}

std::string short_licence(std::string_view licence) {
  constexpr std::string_view kVerdict = "judged: ";
  const std::size_t verdict = licence.rfind(kVerdict);
  if (verdict == std::string_view::npos) return std::string(licence);
  std::string_view said = licence.substr(verdict + kVerdict.size());
  // "free licence, not public domain": which one stands before the verdict.
  if (said.starts_with("free licence")) return std::string(licence.substr(0, licence.find(';')));
  return std::string(said.substr(0, said.find_first_of("(;,") == std::string_view::npos
                                        ? said.size()
                                        : said.find_last_not_of(' ', said.find_first_of("(;,") - 1) + 1));
}

bool StyleQuery::admits(const NamedStyle& style) const {
  return std::all_of(words.begin(), words.end(), [&](const auto& word) { return is_about(style, word); }) &&
         std::none_of(unwanted.begin(), unwanted.end(),
                      [&](const auto& word) { return is_about(style, word); });
}

StyleQuery parse_query(const std::string& text, std::span<const NamedStyle* const> gallery) {
  StyleQuery query;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string term = trimmed_words(std::string_view(text).substr(begin, comma - begin));
    begin = comma + 1;
    if (term.empty()) continue;
    std::string why;
    if (const auto look = look_for(term, why)) {
      query.looks.push_back(*look);
      continue;
    }
    const bool is_denied = folded_words(term).starts_with("not ");
    const std::string word = is_denied ? trimmed_words(std::string_view(term).substr(4)) : term;
    if (std::none_of(gallery.begin(), gallery.end(),
                     [&](const auto* style) { return is_about(*style, word); })) {
      throw Error(ErrorCode::Usage, "style.words",
                  why + "; nor is any style of that name, artist, title, year or period");
    }
    (is_denied ? query.unwanted : query.words).push_back(word);
  }
  if (query.looks.empty() && query.words.empty() && query.unwanted.empty())
    parse_wishes(text);  // says what to write
  return query;
}

}  // namespace atelier::style
