#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/style/style_search.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "style_listing.h"
#include "table.h"

namespace atelier::cli {
namespace {

constexpr std::size_t kNeighbours = 5;

// "22.4 Lab, warm (+1.3)": the number, its word, and how many deviations it lies from the usual.
std::string describe(const style::Attribute& attribute, double value, const style::AttributeScale& scale) {
  const double deviations = scale.standardise(value);
  const std::string word = std::abs(deviations) < 0.5 ? "usual"
                           : deviations > 0           ? attribute.high
                                                      : attribute.low;
  return fmt::format("{:.2f} {}, {} ({:+.1f})", value, attribute.unit, word, deviations);
}

// The built-in styles nearest to it, without itself.
std::vector<style::StyleNeighbour> neighbours_of(const style::NamedStyle& style,
                                                 const model::ModelBundle& bundle,
                                                 const style::Gallery& gallery) {
  std::vector<style::StyleNeighbour> near =
      gallery.built_in().nearest(style.code, kNeighbours + 1, bundle.space() ? &*bundle.space() : nullptr);
  std::erase_if(near, [&](const auto& neighbour) { return neighbour.name == style.name; });
  near.resize(std::min(near.size(), kNeighbours));
  return near;
}

int show_style(const Program& program, const std::string& name) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const style::NamedStyle& style = gallery.require(name);
  const StyleWords measured(*bundle, gallery);
  const std::map<std::string, double> attributes = measured.attributes(style);
  const std::vector<std::string> words = style::describe_attributes(attributes, measured.scales());
  const std::vector<style::StyleNeighbour> near = neighbours_of(style, *bundle, gallery);

  if (program.json) {
    nlohmann::json json = style_json(style, gallery);
    json["schema"] = 1;
    json["century"] = style::century_of(style.year);
    json["sha256"] = style.sha256;
    json["attributes"] = attributes;
    json["words"] = words;
    json["coordinates"] = style.coordinates;
    json["detail"] = style.detail >= 0 ? nlohmann::json(style.detail) : nlohmann::json();
    json["code"] = style.code.values;
    json["neighbours"] = nlohmann::json::array();
    for (const auto& [neighbour, distance] : near)
      json["neighbours"].push_back({{"name", neighbour}, {"distance", distance}});
    print_json(json);
    return 0;
  }
  std::vector<std::vector<std::string>> rows = {{"name", style.name}};
  const auto row = [&](const char* key, const std::string& value) {
    if (!value.empty()) rows.push_back({key, printable(value)});
  };
  const std::string century = style::century_of(style.year);
  row("title", style.title);
  row("artist", style.artist);
  row("year", style.year + (century.empty() || century == style.year ? "" : " (" + century + ")"));
  row("period", style.period);
  row("source", style.source);
  row("licence", style.licence);
  row("sha256", style.sha256);
  row("own", gallery.own().find(style.name) != nullptr ? "yes" : "");
  if (style.detail >= 0) row("detail", fmt::format("{:.2f}", style.detail));
  row("look", join_words(words));
  for (const style::Attribute& attribute : style::attributes()) {
    const auto value = attributes.find(attribute.key);
    const auto scale = measured.scales().find(attribute.key);
    if (value == attributes.end() || scale == measured.scales().end()) continue;
    rows.push_back({attribute.key, describe(attribute, value->second, scale->second)});
  }
  if (attributes.empty()) rows.push_back({"attributes", "this model's styles were never measured"});
  std::string list;
  for (const auto& [neighbour, distance] : near)
    list += (list.empty() ? "" : ", ") + fmt::format("{} ({:.2f})", neighbour, distance);
  row("near", list);
  std::cout << format_table(rows);
  return 0;
}

}  // namespace

void add_styles_show(CLI::App& styles, Program& program) {
  const auto name = std::make_shared<std::string>();
  CLI::App* showing = styles.add_subcommand(
      "show", "What is known about a style: who, when, which licence, how it looks, what is near");
  showing->footer("  atelier styles show hokusai-great-wave");
  showing->add_option("NAME", *name, "A style of the gallery")->required();
  showing->callback(
      [&program, name] { program.action = [&program, name] { return show_style(program, *name); }; });
}

}  // namespace atelier::cli
