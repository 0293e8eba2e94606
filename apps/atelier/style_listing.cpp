#include "style_listing.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/style/style_search.h"

namespace atelier::cli {

nlohmann::json style_json(const style::NamedStyle& style, const style::Gallery& gallery) {
  return {{"name", style.name},       {"title", style.title},
          {"artist", style.artist},   {"year", style.year},
          {"period", style.period},   {"source", style.source},
          {"licence", style.licence}, {"own", gallery.own().find(style.name) != nullptr}};
}

std::vector<FoundStyle> find_styles(const style::Gallery& gallery, const StyleWords& measured,
                                    const std::vector<std::string>& words, const std::string& like) {
  const std::vector<const style::NamedStyle*> all = gallery.styles();
  style::StyleQuery query;
  if (!like.empty()) query = style::parse_query(like, all);
  for (const std::string& word : words) {
    if (std::none_of(all.begin(), all.end(),
                     [&](const auto* style) { return style::is_about(*style, word); })) {
      throw Error(ErrorCode::Usage, "style.words",
                  "no style's name, title, artist, year, period, source or licence says '" + printable(word) +
                      "'; looks such as \"muted, warm\" go into --like");
    }
    query.words.push_back(word);
  }
  if (!query.looks.empty()) measured.require();
  std::vector<FoundStyle> found;
  for (const style::NamedStyle* style : all) {
    if (!query.admits(*style)) continue;
    FoundStyle& one = found.emplace_back(FoundStyle{style, std::nullopt});
    if (!query.looks.empty())
      one.match = style::match_wishes(query.looks, measured.attributes(*style), measured.scales());
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const FoundStyle& a, const FoundStyle& b) { return a.match > b.match; });
  return found;
}

}  // namespace atelier::cli
