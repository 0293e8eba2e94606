#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/image/write_image.h"
#include "atelier/inference/stylizer.h"
#include "atelier/style/code_file.h"
#include "atelier/style/interpolation.h"
#include "backend.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "style_argument.h"
#include "style_sheets.h"
#include "style_words.h"
#include "table.h"

namespace atelier::cli {
namespace {

struct BetweenCommand {
  std::string from, to, photo;
  int steps = 5;
  std::filesystem::path output, codes;
};

void write_codes(const std::filesystem::path& folder, const std::vector<style::PathStep>& path,
                 const StyleWords& words) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(
        ErrorCode::CannotCreate, "output.folder",
        printable(folder.string()) + ": cannot make the folder: " + error.message() + "; choose another one");
  }
  for (std::size_t i = 0; i < path.size(); ++i) {
    style::write_code_file(folder / fmt::format("step-{:03}.json", i + 1), path[i].code,
                           words.attributes(path[i].code));
  }
}

int walk(const Program& program, const BetweenCommand& command) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const inference::Stylizer stylizer(bundle->manifest(),
                                     open_model(*bundle, program, program.resolved_threads()));
  const style::StyleSpace* space = bundle->space() ? &*bundle->space() : nullptr;
  const ChosenStyle from = choose_style({command.from}, stylizer, gallery, space);
  const ChosenStyle to = choose_style({command.to}, stylizer, gallery, space);
  const float from_detail = from.detail.value_or(stylizer.default_detail());
  const float to_detail = to.detail.value_or(stylizer.default_detail());

  const Image scene = thumbnail_photo(command.photo);
  const auto paint = [&](const StyleCode& code, double t) {
    stop_if_interrupted();
    inference::StylizeOptions options;
    options.detail = static_cast<float>((1 - t) * from_detail + t * to_detail);
    return stylizer.stylize(scene, code, options);
  };
  // What people see is the painting: its own style code, in whitened coordinates, is the look.
  const auto look = [&](const StyleCode& code) {
    const StyleCode seen = stylizer.encode(paint(code, 0.5));
    return space != nullptr ? space->project(seen)
                            : std::vector<double>(seen.values.begin(), seen.values.end());
  };
  const std::vector<style::PathStep> path = style::even_path(from.code, to.code, command.steps, look);

  const StyleWords words(*bundle, gallery);
  if (!command.codes.empty()) write_codes(command.codes, path, words);
  if (!command.output.empty()) {
    std::vector<Image> paintings;
    std::vector<std::string> captions;
    for (const style::PathStep& step : path) {
      paintings.push_back(paint(step.code, step.t));
      captions.push_back(fmt::format("{:.0f} : {:.0f}", 100 * (1 - step.t), 100 * step.t));
    }
    captions.front() = command.from;
    captions.back() = command.to;
    write_image(command.output, draw_strip(command.from + " to " + command.to, paintings, captions));
  }

  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"STEP", "SHARE OF " + command.to, "DISTANCE", "LOOK"}};
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto attributes = words.attributes(path[i].code);
    const std::string described = join_words(style::describe_attributes(attributes, words.scales()));
    json.push_back({{"t", path[i].t},
                    {"distance", path[i].distance},
                    {"attributes", attributes},
                    {"code", path[i].code.values}});
    rows.push_back({std::to_string(i + 1), fmt::format("{:.3f}", path[i].t),
                    fmt::format("{:.3f}", path[i].distance), described});
  }
  if (program.json) {
    print_json({{"schema", 1}, {"space", stylizer.space_id()}, {"steps", std::move(json)}});
  } else {
    std::cout << format_table(rows);
  }
  return 0;
}

}  // namespace

void add_styles_between(CLI::App& styles, Program& program) {
  const auto options = std::make_shared<BetweenCommand>();
  CLI::App* between = styles.add_subcommand("between", "The way from one style to another in even steps");
  between->footer("  atelier styles between hokusai-great-wave vangogh-starry-night --steps 7 -o way.png");
  between->add_option("FROM", options->from, "A gallery name, a picture or a code file")->required();
  between->add_option("TO", options->to, "Another one")->required();
  between->add_option("--steps", options->steps, "How many, both ends counted")
      ->type_name("N")
      ->check(CLI::Range(2, 100).description(""))
      ->capture_default_str();
  between->add_option("-o,--output", options->output, "Picture of the steps, painted")->type_name("FILE");
  between->add_option("--codes", options->codes, "Folder for the steps as code files")->type_name("DIR");
  between->add_option("--photo", options->photo, "What to paint; default: a landscape of our own")
      ->type_name("FILE");
  between->callback(
      [&program, options] { program.action = [&program, options] { return walk(program, *options); }; });
}

}  // namespace atelier::cli
