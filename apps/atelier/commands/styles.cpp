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
};

using Act = int (*)(const Program&, const StylesCommand&);

inference::Stylizer open_stylizer(const Program& program, const model::ModelBundle& bundle) {
  return {bundle.manifest(), open_model(bundle, program, program.resolved_threads())};
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

  add_styles_list(*styles, program);
  add_styles_show(*styles, program);
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
  blending->footer("  atelier styles blend monet-dusk:0.3 klimt-gold:0.7 --save garden");
  blending->add_option("STYLE", options->words, "Styles with ':weight'")
      ->type_name("STYLE[:WEIGHT]")
      ->required();
  blending->add_option("--save", options->style.name, "Keep it in your gallery under this name")
      ->type_name("NAME");
  blending->add_option("-o,--output", options->output, "Write it to a code file (.json)")->type_name("FILE");
  add_styles_between(*styles, program);
  add_styles_map(*styles, program);
  add_styles_thumbnails(*styles, program);
  add_styles_draw(*styles, program);
  styles->footer(
      "  atelier styles list hokusai\n  atelier styles nearest my-painting.jpg\n"
      "  atelier styles map -o map.png\n"
      "  atelier styles blend monet-dusk:0.3 klimt-gold:0.7 --save garden");
}

}  // namespace atelier::cli
