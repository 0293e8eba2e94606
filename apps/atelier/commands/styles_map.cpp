#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/image/write_image.h"
#include "atelier/style/style_map.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "style_paintings.h"
#include "style_sheets.h"
#include "style_words.h"

namespace atelier::cli {
namespace {

struct MapCommand {
  std::string photo;
  std::filesystem::path output;
};

/// The space codes are laid out in: the model's, else one fitted on its gallery.
style::StyleSpace space_of(const model::ModelBundle& bundle) {
  if (bundle.space()) return *bundle.space();
  std::vector<StyleCode> codes;
  for (const style::NamedStyle& style : bundle.styles().styles()) codes.push_back(style.code);
  if (codes.size() < 2) {
    throw Error(ErrorCode::Unavailable, "style.no_map",
                "this model has less than two styles, which make no map; choose another one with --model");
  }
  constexpr int kCoordinates = 8;
  return style::StyleSpace::fit(bundle.styles().space(), codes, kCoordinates);
}

int draw_map(const Program& program, const MapCommand& command) {
  if (command.output.empty() && !program.json) {
    throw Error(ErrorCode::Usage, "style.map",
                "a map needs somewhere to go: -o MAP.png for the picture, --json for the numbers, or both");
  }
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const StyleWords words(*bundle, gallery);
  const style::StyleSpace space = space_of(*bundle);

  // Own styles come last: they are put on the map that the built-in ones make, and move none of them.
  std::vector<const style::NamedStyle*> styles;
  for (const style::NamedStyle& style : gallery.built_in().styles()) styles.push_back(&style);
  const std::size_t built_in = styles.size();
  for (const style::NamedStyle& style : gallery.own().styles()) styles.push_back(&style);

  // Styles that were never measured are known by how they paint: all of them then, for pictures and paintings
  // differ.
  const bool measures_paintings = !words.model().has_value();
  std::vector<Image> paintings;
  if (!command.output.empty() || measures_paintings)
    paintings = paint_styles(program, *bundle, thumbnail_photo(command.photo), styles);

  std::vector<style::MapEntry> entries;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    entries.push_back(
        {.name = styles[i]->name,
         .coordinates = style::map_coordinates(space, styles[i]->code),
         .attributes = measures_paintings ? measure_picture(paintings[i]) : words.attributes(*styles[i])});
  }
  const style::StyleMap map = style::StyleMap::build(std::span(entries).first(built_in));
  std::vector<style::MapPoint> placed;
  for (std::size_t i = built_in; i < entries.size(); ++i) placed.push_back(map.place(entries[i]));

  if (!command.output.empty()) {
    const std::string title = "styles of the model " + bundle->manifest().name + ": near is alike";
    write_image(command.output, draw_style_map(title, map, placed, paintings));
  }
  if (program.json) {
    nlohmann::json json = nlohmann::json::parse(map.to_text(placed));
    json["schema"] = 1;
    json["space"] = bundle->styles().space();
    json["attributes_of"] = measures_paintings ? "paintings" : "style pictures";
    json["picture"] = command.output.empty() ? nlohmann::json() : nlohmann::json(command.output.string());
    print_json(json);
  } else {
    std::cout << "wrote " << printable(command.output.string()) << std::endl;
  }
  return 0;
}

}  // namespace

void add_styles_map(CLI::App& styles, Program& program) {
  const auto options = std::make_shared<MapCommand>();
  CLI::App* map = styles.add_subcommand("map", "All styles on one sheet, neighbours alike, each painted");
  map->footer(
      "  atelier styles map -o map.png\n"
      "  atelier styles map --photo kitchen.jpg -o map.png --json > map.json");
  map->add_option("-o,--output", options->output, "Picture to write")->type_name("FILE");
  map->add_option("--photo", options->photo, "What to paint; default: a landscape of our own")
      ->type_name("FILE");
  map->callback(
      [&program, options] { program.action = [&program, options] { return draw_map(program, *options); }; });
}

}  // namespace atelier::cli
