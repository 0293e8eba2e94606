#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/style/blend.h"
#include "atelier/style/code_file.h"
#include "backend.h"
#include "commands/commands.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "options.h"
#include "style_argument.h"
#include "style_words.h"
#include "table.h"

namespace atelier::cli {
namespace {

struct StylesCommand {
  std::vector<std::string> words;  ///< styles or pictures
  style::NamedStyle style;         ///< the one to add, with what is known about it
  std::filesystem::path output;
  int count = 5;
  std::string like;  ///< words, for list
};

using Act = int (*)(const Program&, const StylesCommand&);

inference::Stylizer open_stylizer(const Program& program, const model::ModelBundle& bundle) {
  return {bundle.manifest(), open_model(bundle, program, program.resolved_threads())};
}

nlohmann::json to_json(const style::NamedStyle& style, const style::Gallery& gallery) {
  return {{"name", style.name},       {"title", style.title},
          {"artist", style.artist},   {"year", style.year},
          {"period", style.period},   {"source", style.source},
          {"licence", style.licence}, {"own", gallery.own().find(style.name) != nullptr}};
}

const style::StyleSpace* space_of(const model::ModelBundle& bundle) {
  return bundle.space() ? &*bundle.space() : nullptr;
}

// Own styles are written whole; names hide built-in ones, which is worth a word.
void save(style::NamedStyle style, const model::ModelBundle& bundle, const style::Gallery& gallery) {
  if (bundle.space()) style.coordinates = bundle.space()->project(style.code);
  style::StyleLibrary own = gallery.own();
  const std::string name = style.name;
  own.add(std::move(style));
  style::write_user_styles(own);
  if (gallery.built_in().find(name) != nullptr)
    spdlog::warn("'{}' now hides the built-in style of that name", name);
}

int report(const Program& program, const std::string& what, const std::string& name) {
  if (program.json) {
    print_json({{"schema", 1}, {what, name}});
  } else {
    std::cout << what << " " << printable(name) << std::endl;
  }
  return 0;
}

// The styles that answer the words best, best first.
int list_like(const Program& program, const StylesCommand& command) {
  const std::vector<style::AttributeWish> wishes = style::parse_wishes(command.like);
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const StyleWords words(*bundle, gallery);
  words.require();
  std::vector<std::pair<double, const style::NamedStyle*>> ranked;
  for (const style::NamedStyle* style : gallery.styles()) {
    ranked.emplace_back(style::match_wishes(wishes, words.attributes(*style), words.scales()), style);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  nlohmann::json styles = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"NAME", "MATCH", "LOOK", "TITLE", "ARTIST"}};
  for (const auto& [match, style] : ranked) {
    const auto described = style::describe_attributes(words.attributes(*style), words.scales());
    nlohmann::json json = to_json(*style, gallery);
    json["match"] = match;
    json["words"] = described;
    styles.push_back(std::move(json));
    rows.push_back({style->name, fmt::format("{:+.2f}", match), join_words(described),
                    printable(style->title), printable(style->artist)});
  }
  if (program.json) {
    print_json({{"schema", 1}, {"space", gallery.built_in().space()}, {"styles", std::move(styles)}});
  } else {
    std::cout << format_table(rows);
  }
  return 0;
}

int list(const Program& program, const StylesCommand& command) {
  if (!command.like.empty()) return list_like(program, command);
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  nlohmann::json styles = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"NAME", "TITLE", "ARTIST", "YEAR"}};
  for (const style::NamedStyle* style : gallery.styles()) {
    styles.push_back(to_json(*style, gallery));
    rows.push_back({style->name, printable(style->title), printable(style->artist), printable(style->year)});
  }
  if (program.json) {
    print_json({{"schema", 1}, {"space", gallery.built_in().space()}, {"styles", std::move(styles)}});
  } else {
    std::cout << format_table(rows);
  }
  return 0;
}

// "22.4 Lab, warm (+1.3)": the number, its word, and how many deviations it lies from the usual.
std::string describe(const style::Attribute& attribute, double value, const style::AttributeScale& scale) {
  const double deviations = scale.standardise(value);
  const std::string word = std::abs(deviations) < 0.5 ? "usual"
                           : deviations > 0           ? attribute.high
                                                      : attribute.low;
  return fmt::format("{:.2f} {}, {} ({:+.1f})", value, attribute.unit, word, deviations);
}

int show(const Program& program, const StylesCommand& command) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const style::NamedStyle& style = gallery.require(command.words.front());
  nlohmann::json json = to_json(style, gallery);
  json["sha256"] = style.sha256;
  const StyleWords words(*bundle, gallery);
  const std::map<std::string, double> attributes = words.attributes(style);
  json["attributes"] = attributes;
  json["words"] = style::describe_attributes(attributes, words.scales());
  json["coordinates"] = style.coordinates;
  json["detail"] = style.detail >= 0 ? nlohmann::json(style.detail) : nlohmann::json();
  if (program.json) {
    json["schema"] = 1;
    json["code"] = style.code.values;
    print_json(json);
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, value] : json.items()) {
    if (value.empty() || value == "" || key == "attributes" || key == "words") continue;
    rows.push_back({key, printable(value.is_string() ? value.get<std::string>() : value.dump())});
  }
  for (const style::Attribute& attribute : style::attributes()) {
    const auto value = attributes.find(attribute.key);
    const auto scale = words.scales().find(attribute.key);
    if (value == attributes.end() || scale == words.scales().end()) continue;
    rows.push_back({attribute.key, describe(attribute, value->second, scale->second)});
  }
  if (attributes.empty()) rows.push_back({"attributes", "this model's styles were never measured"});
  std::cout << format_table(rows);
  return 0;
}

int add(const Program& program, const StylesCommand& command) {
  const auto bundle = program.open_bundle();
  const inference::Stylizer stylizer = open_stylizer(program, *bundle);
  std::vector<std::pair<StyleCode, double>> codes;
  style::NamedStyle style = command.style;
  for (const std::string& picture : command.words) {
    codes.emplace_back(encode_picture(picture, stylizer), 1.0);
    for (const auto& [key, value] : measure_picture(picture)) {
      style.attributes[key] += value / static_cast<double>(command.words.size());
    }
  }
  style.code = style::blend(codes);
  save(style, *bundle, style::Gallery::open(bundle->styles()));
  return report(program, "added", style.name);
}

int remove(const Program& program, const StylesCommand& command) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const std::string& name = command.words.front();
  style::StyleLibrary own = gallery.own();
  if (!own.remove(name)) {
    gallery.require(name);
    throw Error(ErrorCode::Usage, "style.built_in",
                "'" + printable(name) +
                    "' comes with the model: only your own "
                    "styles can be removed");
  }
  style::write_user_styles(own);
  return report(program, "removed", name);
}

int nearest(const Program& program, const StylesCommand& command) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const ChosenStyle chosen =
      choose_style(command.words, open_stylizer(program, *bundle), gallery, space_of(*bundle));
  const style::StyleSpace* space = space_of(*bundle);
  const auto count = static_cast<std::size_t>(command.count);
  std::vector<style::StyleNeighbour> neighbours = gallery.own().nearest(chosen.code, count, space);
  for (style::StyleNeighbour& built_in : gallery.built_in().nearest(chosen.code, count, space)) {
    if (gallery.own().find(built_in.name) == nullptr) neighbours.push_back(std::move(built_in));
  }
  std::stable_sort(neighbours.begin(), neighbours.end(),
                   [](const auto& a, const auto& b) { return a.distance < b.distance; });
  neighbours.resize(std::min(neighbours.size(), count));

  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"NAME", "DISTANCE"}};
  for (const style::StyleNeighbour& neighbour : neighbours) {
    json.push_back({{"name", neighbour.name}, {"distance", neighbour.distance}});
    rows.push_back({neighbour.name, fmt::format("{:.3f}", neighbour.distance)});
  }
  if (program.json) {
    print_json({{"schema", 1}, {"nearest", std::move(json)}});
  } else {
    std::cout << format_table(rows);
  }
  return 0;
}

int blend(const Program& program, const StylesCommand& command) {
  if (command.style.name.empty() == command.output.empty()) {
    throw Error(ErrorCode::Usage, "style.blend",
                "a blend needs one of --save NAME (your gallery) and -o FILE (a code file)");
  }
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const ChosenStyle chosen =
      choose_style(command.words, open_stylizer(program, *bundle), gallery, space_of(*bundle));
  const StyleWords words(*bundle, gallery);
  if (!command.output.empty()) {
    style::write_code_file(command.output, chosen.code, words.attributes(chosen.code));
    return report(program, "wrote", command.output.string());
  }
  style::NamedStyle style = command.style;
  style.code = chosen.code;
  style.attributes = words.attributes(chosen.code);
  style.detail = chosen.detail.value_or(-1.0f);
  style.source = "blend of";
  for (const std::string& word : command.words) style.source += " " + word;
  save(style, *bundle, gallery);
  return report(program, "added", style.name);
}

CLI::App* add_action(CLI::App& styles, Program& program, const std::shared_ptr<StylesCommand>& options,
                     const char* name, const char* description, Act act) {
  CLI::App* action = styles.add_subcommand(name, description);
  action->callback([&program, options, act] {
    program.action = [&program, options, act] { return act(program, *options); };
  });
  return action;
}

}  // namespace

void add_styles(CLI::App& app, Program& program) {
  const auto options = std::make_shared<StylesCommand>();
  CLI::App* styles = app.add_subcommand("styles", "The gallery of styles, and your own ones");
  styles->require_subcommand(1);

  CLI::App* listing = add_action(*styles, program, options, "list", "All styles, your own first", list);
  listing->footer("  atelier styles list --like \"muted, coarse, not dark\"");
  listing->add_option("--like", options->like, "Words for what you look for; the best answers stand first")
      ->type_name("WORDS");
  add_action(*styles, program, options, "show", "What is known about a style", show)
      ->add_option("NAME", options->words, "A style of the gallery")
      ->required()
      ->expected(1);
  CLI::App* adding =
      add_action(*styles, program, options, "add", "Make a style of your own from pictures", add);
  adding->footer("  atelier styles add grandmas-kitchen tiles.jpg curtain.jpg --title \"Grandma's kitchen\"");
  adding->add_option("NAME", options->style.name, "What to call it: a-z, 0-9 and '-'")->required();
  adding->add_option("IMAGE", options->words, "Pictures in that style; several give the mean style")
      ->required();
  adding->add_option("--title", options->style.title, "For people; default: none");
  adding->add_option("--artist", options->style.artist, "Who made the pictures; default: none");
  adding->add_option("--year", options->style.year, "When; default: none");
  adding->add_option("--licence", options->style.licence, "Terms of the pictures; default: none");
  adding->add_option("--detail", options->style.detail, "The detail dial that suits it; default: the model's")
      ->type_name("0..1")
      ->check(CLI::Range(0.0, 1.0).description(""));
  add_action(*styles, program, options, "remove", "Forget a style of your own", remove)
      ->add_option("NAME", options->words, "One of your own styles")
      ->required()
      ->expected(1);
  CLI::App* finding = add_action(*styles, program, options, "nearest", "The styles most like one", nearest);
  finding->add_option("STYLE", options->words, "A gallery name, a picture or a code file")
      ->required()
      ->expected(1);
  finding->add_option("--count", options->count, "How many to name")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  CLI::App* blending = add_action(*styles, program, options, "blend", "Mix styles into a new one", blend);
  blending->footer("  atelier styles blend monet:0.3 klimt:0.7 --save garden");
  blending->add_option("STYLE", options->words, "Styles with ':weight'")
      ->type_name("STYLE[:WEIGHT]")
      ->required();
  blending->add_option("--save", options->style.name, "Keep it in your gallery under this name")
      ->type_name("NAME");
  blending->add_option("-o,--output", options->output, "Write it to a code file (.json)")->type_name("FILE");
  add_styles_between(*styles, program);
  add_styles_map(*styles, program);
  styles->footer(
      "  atelier styles list\n  atelier styles nearest my-painting.jpg\n"
      "  atelier styles map -o map.png\n"
      "  atelier styles blend monet:0.3 klimt:0.7 --save garden");
}

}  // namespace atelier::cli
