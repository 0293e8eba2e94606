#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "backend.h"
#include "batch.h"
#include "commands/commands.h"
#include "json_output.h"
#include "options.h"
#include "progress.h"
#include "standard_streams.h"
#include "style_argument.h"
#include "stylize_person.h"

namespace atelier::cli {
namespace {

constexpr const char* kExamples =
    "  atelier stylize photo.jpg --style hokusai-wave -o painting.jpg\n"
    "  atelier stylize photo.jpg -s my-painting.jpg --strength 0.7 --color keep -o painting.png\n"
    "  atelier stylize photos/*.jpg -s monet:0.7 -s klimt:0.3 -o painted/ --jobs 2\n"
    "  atelier stylize photo.jpg --for ana --variants 3 -o painting.jpg\n"
    "  curl -s https://example.org/photo.jpg | atelier stylize - -s monet -o - > painting.png";

struct StylizeCommand {
  std::vector<std::string> images;
  std::string output;
  int jobs = 1;
  PaintingOptions painting;
  FileOptions file;
  PersonOptions person;
};

Image read_input(const std::string& input) {
  return input == "-" ? read_image_bytes(read_standard_input(ReadLimits().max_bytes), "standard input")
                      : read_image(input);
}

void write_output(const std::string& output, const Image& painting, const FileOptions& file) {
  if (output != "-") return write_image(output, painting, file.to_write_options());
  write_standard_output(
      encode_image(painting, file.format.empty() ? "png" : file.format, file.to_write_options()));
}

std::optional<Image> read_palette(const PaintingOptions& painting) {
  if (painting.colour == "style" || painting.colour == "keep") return std::nullopt;
  ReadOptions options;
  options.shrink_to_short_side = inference::Stylizer::kStyleSide;
  return read_image(painting.colour, options);
}

void print(const PictureResult& result, const Program& program) {
  if (result.failure) {
    std::cerr << "atelier: " << result.failure->message << std::endl;
    return;
  }
  if (program.json || result.job.output == "-") return;
  std::cout << printable(result.job.output) << "  " << result.width << "x" << result.height << "  "
            << std::lround(result.milliseconds) << " ms";
  if (!result.job.style.empty()) std::cout << "  " << result.job.style;
  std::cout << std::endl;
}

/// What to paint, and the styles to paint it in.
struct Plan {
  std::vector<PictureJob> jobs;
  std::vector<ChosenStyle> brushes;  ///< PictureJob::brush counts these
};

Plan plan_people(const Program& program, const StylizeCommand& command,
                 const std::shared_ptr<const model::ModelBundle>& bundle) {
  Plan plan;
  for (PersonStyles& person : choose_for_people(program, command.person, bundle)) {
    std::string output = command.output;
    if (!person.folder.empty()) output = (std::filesystem::path(output) / person.folder / "").string();
    const std::vector<PictureJob> pictures = plan_pictures(command.images, output, command.file.format);
    for (PictureJob& job : vary_pictures(pictures, person.picks.size())) {
      job.user = person.user;
      job.style = person.picks[job.brush].name();
      job.brush += plan.brushes.size();
      plan.jobs.push_back(std::move(job));
    }
    for (TastePick& pick : person.picks)
      plan.brushes.push_back({std::move(pick.code), pick.detail, std::nullopt, {}});
  }
  return plan;
}

ChosenStyle choose_typed_style(const StylizeCommand& command, const inference::Stylizer& stylizer,
                               const model::ModelBundle& bundle) {
  // A taste code may stand after --for too: it is the style of a person who is not here.
  std::vector<std::string> styles = command.painting.styles;
  if (styles.empty()) styles = {command.person.taste.user};
  const style::StyleSpace* space = bundle.space() ? &*bundle.space() : nullptr;
  return choose_style(styles, stylizer, style::Gallery::open(bundle.styles()), space);
}

int stylize(const Program& program, const StylizeCommand& command) {
  command.person.validate(command.painting.styles, command.output);
  inference::StylizeOptions options = command.painting.to_stylize_options();
  Plan plan;
  if (!command.person.is_person())
    plan.jobs = plan_pictures(command.images, command.output, command.file.format);
  if (program.json && command.output == "-") {
    throw Error(ErrorCode::Usage, "output.two_results",
                "--json and -o - both want standard output; leave one out");
  }
  const auto bundle = program.open_bundle();
  if (command.person.is_person()) plan = plan_people(program, command, bundle);
  const int parallel = std::min(command.jobs, static_cast<int>(plan.jobs.size()));
  const int threads = std::max(1, program.resolved_threads() / parallel);
  set_image_threads(threads);
  const inference::Stylizer stylizer(bundle->manifest(), open_model(*bundle, program, threads));
  if (!command.person.is_person()) {
    plan.brushes = {choose_typed_style(command, stylizer, *bundle)};
    refuse_overwriting(plan.jobs, plan.brushes.front().files);
  }
  const std::optional<Image> palette = read_palette(command.painting);
  if (palette) options.colour = inference::Colour::Palette, options.palette = &*palette;
  if (command.file.depth != 0) options.depth = command.file.depth == 16 ? Depth::U16 : Depth::U8;

  Progress progress(program.progress, static_cast<int>(plan.jobs.size()));
  const auto paint = [&](const PictureJob& job) {
    const auto start = std::chrono::steady_clock::now();
    const ChosenStyle& style = plan.brushes[job.brush];
    inference::StylizeOptions own = options;
    own.detail = command.painting.detail >= 0 ? std::optional(command.painting.detail) : style.detail;
    if (!command.painting.strength && style.strength) own.strength = *style.strength;
    own.progress = [&](int done, int total) {
      stop_if_interrupted();
      progress.step(job.input, done, total);
    };
    const Image painting = stylizer.stylize(read_input(job.input), style.code, own);
    write_output(job.output, painting, command.file);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    return PictureResult{job, painting.width(), painting.height(), time.count(), {}};
  };
  const auto report = [&](const PictureResult& result) {
    progress.finish_item();
    progress.clear();
    print(result, program);
  };
  const std::vector<PictureResult> results = run_pictures(plan.jobs, parallel, paint, report);
  if (program.json) print_json(to_json(results));
  return batch_status(results);
}

}  // namespace

void add_stylize(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("stylize", "Paint photos in a style");
  const auto options = std::make_shared<StylizeCommand>();
  command->footer(kExamples);
  command->add_option("IMAGE", options->images, "Photos or folders of photos; - is standard input")
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "A file, a folder for several photos, or - for standard output")
      ->type_name("FILE|DIR")
      ->required();
  options->person.add_to(*command, options->painting.add_to(*command));
  options->file.add_to(*command);
  command->add_option("--jobs", options->jobs, "Photos to paint at the same time; each takes its own memory")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""))
      ->capture_default_str();
  command->callback(
      [&program, options] { program.action = [&program, options] { return stylize(program, *options); }; });
}

}  // namespace atelier::cli
