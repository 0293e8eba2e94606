#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "advise_answer.h"
#include "advise_measuring.h"
#include "advise_training.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/inference/coarse_to_fine.h"
#include "atelier/model/expected_tensors.h"
#include "commands/commands.h"
#include "json_output.h"
#include "options.h"
#include "progress.h"
#include "table.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

struct AdviseCommand {
  std::string size = "1920x1080";
  double per_picture = 0, fps = 0, memory = 0, minutes = 0;
  std::string quality = "good";
  std::vector<std::string> networks;
  fs::path curve;
  bool again = false;
};

Wishes wishes_of(const AdviseCommand& command) {
  Wishes wishes{.seconds = command.per_picture, .megabytes = command.memory, .quality = command.quality};
  char extra = 0;
  const bool read = std::sscanf(command.size.c_str(), "%dx%d%c", &wishes.width, &wishes.height, &extra) == 2;
  if (!read || std::min(wishes.width, wishes.height) < 16 || std::max(wishes.width, wishes.height) > 32768) {
    throw Error(
        ErrorCode::Usage, "advise.size",
        "--size is '" + printable(command.size) + "'; give WIDTHxHEIGHT in pixels, each from 16 to 32768");
  }
  if (command.fps > 0) wishes.seconds = 1 / command.fps;
  return wishes;
}

// See Wishes::work.
double work_of(const Wishes& wishes, int stroke_side) {
  double pixels = 0;
  for (const auto& canvas : inference::plan_passes(wishes.width, wishes.height, 1, stroke_side))
    pixels += static_cast<double>(canvas.width) * canvas.height;
  return pixels / (static_cast<double>(wishes.width) * wishes.height);
}

std::vector<Network> networks_of(const AdviseCommand& command) {
  std::vector<Network> networks;
  for (const char* size : {"XS", "S", "M", "L"}) {
    const bool wanted =
        command.networks.empty() ||
        std::find(command.networks.begin(), command.networks.end(), size) != command.networks.end();
    if (!wanted) continue;
    Network network{.size = size};
    for (const weights::ExpectedTensor& tensor :
         model::expected_generator_tensors(GeneratorOptions::named(size))) {
      std::int64_t count = 1;
      for (const std::int64_t side : tensor.shape) count *= side;
      network.parameters += count;
    }
    networks.push_back(network);
  }
  return networks;
}

MachineSpeeds measured_machine(const Program& program, const AdviseCommand& command,
                               const std::vector<Network>& networks, const Wishes& wishes) {
  const int processors = program.resolved_threads();
  const fs::path file = speeds_file();
  std::optional<MachineSpeeds> known =
      command.again || file.empty() ? std::nullopt : load_speeds(file, processors);
  MachineSpeeds machine = known ? *known : this_machine(processors);
  const std::size_t before = machine.rows.size();
  std::vector<std::string> names;
  for (const Network& network : networks) names.push_back(network.size);
  Progress progress(program.progress, 1);
  measure_missing(machine, names, wishes.width, wishes.height, program.seed,
                  [&](const std::string& network, int done, int total) {
                    progress.step("measuring " + network, done, total);
                  });
  progress.finish_item();
  progress.clear();
  if (machine.rows.size() == before || file.empty()) return machine;
  try {
    save_speeds(file, machine);
  } catch (const std::exception& error) {  // measured once more next time, no more than that
    spdlog::warn("the measurements are not kept: {}", error.what());
  }
  return machine;
}

// The model in use; advice is also for those who have none yet.
std::shared_ptr<const model::ModelBundle> bundle_or_none(const Program& program) {
  try {
    return program.open_bundle();
  } catch (const Error& error) {
    if (!program.model.empty() || error.code() != ErrorCode::NoInput) throw;
    return nullptr;
  }
}

std::optional<RecordedTraining> recorded_training(const AdviseCommand& command,
                                                  const model::ModelBundle* bundle) {
  if (!command.curve.empty()) {
    if (auto recorded = RecordedTraining::read(command.curve)) return recorded;
    throw Error(ErrorCode::NoInput, "curve.missing",
                printable(command.curve.string()) + ": there is no such recorded training");
  }
  return bundle == nullptr ? std::nullopt : RecordedTraining::read(bundle->folder() / "training-curve.json");
}

// Without a curve the model's own manifest still says how long it was trained and how far.
std::vector<std::string> outlook(const AdviseCommand& command,
                                 const std::optional<RecordedTraining>& recorded,
                                 const model::ModelBundle* bundle) {
  if (recorded) return training_outlook(*recorded, command.minutes);
  if (bundle == nullptr)
    return {"No training is recorded here: how long one takes to become good is not known."};
  const model::Manifest& manifest = bundle->manifest();
  const bool told = manifest.training.contains("minutes") && manifest.metrics.contains("training_style");
  if (!told)
    return {
        "The model's manifest does not say how it was trained: how long a training takes to become good is "
        "not known."};
  return {fmt::format(
      "The model here ({}) was trained for {:.0f} minutes to content {:.3f}, style {:.3f} by its own losses; "
      "how they fell on the "
      "way is not recorded, so nothing is known of shorter trainings.",
      manifest.generator.size, manifest.training["minutes"].get<double>(),
      manifest.metrics.value("training_content", 0.0), manifest.metrics["training_style"].get<double>())};
}

// How near the distilled networks come to the model's own, as `train distil` recorded it.
void add_distilled(const model::Manifest& manifest, std::vector<std::string>& sentences) {
  for (const auto& [size, student] : manifest.distilled) {
    std::string near = "how near it comes was not measured";
    if (student.metrics.contains("psnr") && student.metrics.contains("l1")) {
      near = fmt::format("its paintings differ from {}'s by {:.3f} of the colour range, {:.1f} dB",
                         manifest.generator.size, student.metrics.value("l1", 0.0),
                         student.metrics.value("psnr", 0.0));
    }
    sentences.push_back(fmt::format("{} was distilled from the model here in {:.0f} minutes: {}.", size,
                                    student.training.value("minutes", 0.0), near));
  }
}

void print(const MachineSpeeds& machine, const Advice& advice, const std::vector<std::string>& training) {
  std::cout << fmt::format("{}, {} processors, {}\n\n", printable(machine.cpu), machine.processors,
                           machine.instruction_set);
  std::vector<std::vector<std::string>> rows = {
      {"", "NETWORK", "PARAMETERS", "THREADS", "TILE", "MS", "A SECOND", "MB", "MEETS", "PARETO"}};
  for (std::size_t i = 0; i < advice.ways.size(); ++i) {
    const Way& way = advice.ways[i];
    if (!way.pareto && i != advice.chosen && way.tile != 0) continue;
    rows.push_back({i == advice.chosen ? ">" : "", way.network + (way.trained ? " (here)" : ""),
                    fmt::format("{:.2f} M", static_cast<double>(way.parameters) / 1e6),
                    std::to_string(way.threads), way.tile == 0 ? "whole" : std::to_string(way.tile),
                    fmt::format("{}{:.0f}", way.measured ? "" : "~", way.milliseconds),
                    fmt::format("{:.2f}", 1000 / way.milliseconds), fmt::format("{:.0f}", way.megabytes),
                    way.fits ? "yes" : "no", way.pareto ? "yes" : ""});
  }
  std::cout << format_table(rows) << "\n";
  for (const std::string& sentence : advice.reasons) std::cout << sentence << "\n";
  std::cout << "\nTraining\n";
  for (const std::string& sentence : training) std::cout << sentence << "\n";
}

int run(const Program& program, const AdviseCommand& command) {
  Wishes wishes = wishes_of(command);
  const auto bundle = bundle_or_none(program);
  if (bundle) wishes.work = work_of(wishes, bundle->manifest().stroke_side);
  const std::optional<RecordedTraining> recorded = recorded_training(command, bundle.get());
  const std::vector<Network> networks = networks_of(command);
  const MachineSpeeds machine = measured_machine(program, command, networks, wishes);
  const std::vector<std::string> held = bundle ? bundle->manifest().sizes() : std::vector<std::string>();
  const Advice advice = advise(machine, networks, held, wishes);
  std::vector<std::string> training = outlook(command, recorded, bundle.get());
  if (bundle) add_distilled(bundle->manifest(), training);
  if (program.json) {
    nlohmann::json ways = nlohmann::json::array();
    for (const Way& way : advice.ways) ways.push_back(to_json(way));
    print_json({{"schema", 1},
                {"machine",
                 {{"cpu", machine.cpu},
                  {"processors", machine.processors},
                  {"instruction_set", machine.instruction_set},
                  {"precision", "fp32"},
                  {"version", machine.version},
                  {"load", machine.load}}},
                {"size", {wishes.width, wishes.height}},
                {"ways", ways},
                {"chosen", advice.chosen},
                {"meets_wishes", advice.fits},
                {"reasons", advice.reasons},
                {"training", training}});
  } else {
    print(machine, advice, training);
  }
  return advice.fits ? 0 : 1;
}

}  // namespace

void add_advise(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("advise", "Measure this machine and say which network to paint or train with");
  const auto options = std::make_shared<AdviseCommand>();
  command->add_option("--size", options->size, "Pictures to paint")->type_name("WxH")->capture_default_str();
  CLI::Option* seconds =
      command->add_option("--per-picture", options->per_picture, "Seconds a picture may take; default: any")
          ->type_name("SECONDS")
          ->check(CLI::Range(0.0001, 1e6).description(""));
  command->add_option("--fps", options->fps, "Pictures a second that are needed")
      ->type_name("N")
      ->check(CLI::Range(0.0001, 1e4).description(""))
      ->excludes(seconds);
  command
      ->add_option("--quality", options->quality,
                   "draft: the fastest; good: the model here if it can; best: the largest network that can")
      ->type_name("NAME")
      ->check(CLI::IsMember({"draft", "good", "best"}).description(""))
      ->capture_default_str();
  command->add_option("--memory", options->memory, "Megabytes a picture may take; default: any")
      ->type_name("MB")
      ->check(CLI::Range(1.0, 1e9).description(""));
  command->add_option("--minutes", options->minutes, "Minutes there are for a training")
      ->type_name("N")
      ->check(CLI::Range(0.1, 1e6).description(""));
  add_repeatable(*command, "--network", options->networks, "XS, S, M or L; repeat it; default: all")
      ->type_name("NAME")
      ->check(CLI::IsMember({"XS", "S", "M", "L"}).description(""));
  command
      ->add_option(
          "--curve", options->curve,
          "Recorded training, from 'train report --curve'; default: training-curve.json of the model")
      ->type_name("FILE");
  command->add_flag("--measure-again", options->again, "Forget what was measured before");
  command->footer(
      "  atelier advise --size 1920x1080 --per-picture 2\n"
      "  atelier advise --size 640x360 --fps 10 --quality best\n"
      "  atelier advise --size 8000x6000 --memory 1000 --minutes 60 --json\n"
      "Status 1: nothing here meets the wishes. What was measured is kept in ~/.cache/atelier/speeds.json.");
  command->callback(
      [&program, options] { program.action = [&program, options] { return run(program, *options); }; });
}

}  // namespace atelier::cli
