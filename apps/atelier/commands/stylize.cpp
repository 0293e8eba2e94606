#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "backend.h"
#include "batch.h"
#include "commands/commands.h"
#include "dial_options.h"
#include "json_output.h"
#include "options.h"
#include "progress.h"
#include "standard_streams.h"
#include "style_argument.h"
#include "stylize_dials.h"
#include "stylize_person.h"
#include "stylize_preview.h"
#include "trained_style.h"

namespace atelier::cli {
namespace {

constexpr const char* kExamples =
    "  atelier stylize photo.jpg --style hokusai-great-wave -o painting.jpg\n"
    "  atelier stylize photo.jpg -s my-painting.jpg --strength 0.7 --color keep -o painting.png\n"
    "  atelier stylize photos/*.jpg -s monet-dusk:0.7 -s klimt-gold:0.3 -o painted/ --jobs 2\n"
    "  atelier stylize photo.jpg --mask sky.png --style-in monet-dusk --style-out klimt-gold -o "
    "painting.jpg\n"
    "  atelier stylize photo.jpg -s monet-dusk --preview -o sheet.png\n"
    "  atelier stylize photo.jpg --for ana --variants 3 -o painting.jpg\n"
    "  curl -s https://example.org/photo.jpg | atelier stylize - -s monet-dusk -o - > painting.png";

struct StylizeCommand {
  std::vector<std::string> images;
  std::string output;
  int jobs = 1;
  std::string network;
  PaintingOptions painting;
  DialOptions dials;
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
  std::vector<std::string> styles = command.dials.base_styles(command.painting.styles);
  if (styles.empty()) styles = {command.person.taste.user};
  const style::StyleSpace* space = bundle.space() ? &*bundle.space() : nullptr;
  return choose_style(styles, stylizer, style::Gallery::open(bundle.styles()), space);
}

std::string preview_title(const StylizeCommand& command, const PictureJob& job) {
  std::string title = job.style;
  for (const std::string& style : command.dials.base_styles(command.painting.styles))
    title += (title.empty() ? "" : " + ") + (style.starts_with("AT1-") ? "taste code" : style);
  return title.empty() ? "preview" : title;
}

Image preview_of(const Image& photo, const std::string& title, const inference::StylizeOptions& settled,
                 const std::function<Image(inference::StylizeOptions)>& paint) {
  const int full_size = settled.size > 0 ? settled.size : std::max(photo.width(), photo.height());
  return preview_sheet(title, photo, full_size, [&](float strength, float stroke, int size) {
    inference::StylizeOptions own = settled;
    own.strength = strength;
    own.stroke = stroke;
    own.size = std::max(size, 16);
    own.keep_painted_size = true;
    return paint(own);
  });
}

int stylize(const Program& program, const StylizeCommand& command) {
  command.dials.validate(command.painting, command.person);
  command.person.validate(command.dials.base_styles(command.painting.styles), command.output);
  inference::StylizeOptions options = command.painting.to_stylize_options();
  Plan plan;
  if (!command.person.is_person())
    plan.jobs = plan_pictures(command.images, command.output, command.file.format);
  if (program.json && command.output == "-") {
    throw Error(ErrorCode::Usage, "output.two_results",
                "--json and -o - both want standard output; leave one out");
  }
  const auto bundle = program.open_bundle(command.network);
  if (command.person.is_person()) plan = plan_people(program, command, bundle);
  const int parallel = std::min(command.jobs, static_cast<int>(plan.jobs.size()));
  const int threads = std::max(1, program.resolved_threads() / parallel);
  set_image_threads(threads);
  inference::Stylizer stylizer(bundle->manifest(), open_model(*bundle, program, threads));
  model::StyleDelta trained;
  if (!command.person.is_person()) {
    plan.brushes = {choose_typed_style(command, stylizer, *bundle)};
    refuse_overwriting(plan.jobs, plan.brushes.front().files);
    trained = trained_delta(plan.brushes.front(), *bundle);
    if (!trained.layers.empty()) stylizer = open_trained(program, *bundle, threads, trained);
    options.modulation = trained.modulation;
  }
  const std::optional<Image> palette = read_palette(command.painting);
  if (palette) options.colour = inference::Colour::Palette, options.palette = &*palette;
  if (command.file.depth != 0) options.depth = command.file.depth == 16 ? Depth::U16 : Depth::U8;

  const Dials dials(command.dials, program.seed, stylizer, *bundle);
  refuse_overwriting(plan.jobs, dials.files());
  for (ChosenStyle& brush : plan.brushes) brush.code = dials.mixed(brush.code, stylizer);
  const auto settled_for = [&](const ChosenStyle& style) {
    inference::StylizeOptions own = options;
    own.detail = command.painting.detail >= 0 ? std::optional(command.painting.detail) : style.detail;
    if (!command.painting.strength && style.strength) own.strength = *style.strength;
    return own;
  };

  Progress progress(program.progress, static_cast<int>(plan.jobs.size()));
  const auto paint = [&](const PictureJob& job) {
    const auto start = std::chrono::steady_clock::now();
    const ChosenStyle& style = plan.brushes[job.brush];
    inference::StylizeOptions own = settled_for(style);
    own.progress = [&](int done, int total) {
      stop_if_interrupted();
      progress.step(job.input, done, total);
    };
    const Image photo = read_input(job.input);
    dials.check_masks(photo);
    const std::optional<Image> faces = dials.faces_of(photo);
    const auto painted = [&](inference::StylizeOptions settled) {
      dials.apply_to(settled, faces, command.painting.detail >= 0);
      return stylizer.stylize(photo, style.code, settled);
    };
    const Image painting =
        command.dials.preview ? preview_of(photo, preview_title(command, job), own, painted) : painted(own);
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
  if (program.json) {
    nlohmann::json written = to_json(results);
    written["network"] = bundle->manifest().generator.size;
    written["dials"] = dials_to_json(command.painting, command.dials, program.seed);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const inference::StylizeOptions own = settled_for(plan.brushes[results[i].job.brush]);
      if (!command.dials.preview) written["pictures"][i]["strength"] = own.strength;
      written["pictures"][i]["detail"] = own.detail.value_or(stylizer.default_detail());
    }
    print_json(written);
  }
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
  options->dials.add_to(*command);
  options->file.add_to(*command);
  add_network_option(*command, options->network);
  command->add_option("--jobs", options->jobs, "Photos to paint at the same time; each takes its own memory")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""))
      ->capture_default_str();
  command->callback(
      [&program, options] { program.action = [&program, options] { return stylize(program, *options); }; });
}

}  // namespace atelier::cli
