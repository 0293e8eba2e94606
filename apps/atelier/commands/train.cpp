#include <fmt/format.h>

#include <iostream>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/mapping/mapper_trainer.h"
#include "atelier/tensor/device.h"
#include "atelier/training/bundle_export.h"
#include "atelier/training/perceptual_trainer.h"
#include "atelier/training/trainer.h"
#include "commands.h"
#include "json_output.h"
#include "train_commands.h"

namespace atelier::cli {
namespace {

using training::Progress;

struct TrainOptions {
  std::filesystem::path config;
  bool resume = false;
  double minutes = 0;
  training::ExportOptions exported;
  std::filesystem::path ratings, ablation;
  std::string doctor = "warn";
};

void add_common(CLI::App& command, TrainOptions& options) {
  command.add_option("--config", options.config, "Configuration, JSON with // comments (see configs/train)")
      ->required();
  command.add_flag("--resume", options.resume, "Go on from the newest checkpoint of the run folder");
  command.add_option("--minutes", options.minutes,
                     "Length of the training, all runs together [the configuration's]");
}

int after_training() {
  const int signal = pending_signal();
  return signal == 0 ? 0 : 128 + signal;
}

int perceptual(const Program& program, const TrainOptions& typed) {
  auto options = training::PerceptualTrainingOptions::parse(training::read_config(typed.config));
  if (typed.minutes > 0) options.minutes = typed.minutes;
  tensor::prepare_runtime(program.resolved_threads());
  const auto gate = training::train_perceptual(options, typed.resume, Progress::parse(program.progress));
  if (program.json) {
    print_json({{"schema", 1},
                {"style_spearman", gate.style_spearman},
                {"content_spearman", gate.content_spearman},
                {"dead_channels", gate.dead_channels},
                {"pairs", gate.pairs},
                {"passed", gate.passed()},
                {"folder", options.run.string()}});
  } else {
    std::cout << fmt::format(
        "against VGG-19 on {} held-out pairs: style rank correlation {:.3f} (gate {}), content {:.3f} (gate "
        "{}), dead "
        "channels {:.1f} %: {}\n{}\n",
        gate.pairs, gate.style_spearman, training::PerceptualGate::kStyle, gate.content_spearman,
        training::PerceptualGate::kContent, gate.dead_channels * 100, gate.passed() ? "passed" : "not passed",
        options.run.string());
  }
  const int status = after_training();
  return status != 0 ? status : gate.passed() ? 0 : 1;
}

int base(const Program& program, const TrainOptions& typed) {
  training::RunFlags flags{.device = program.device, .progress = Progress::parse(program.progress)};
  flags.doctor_stops = typed.doctor == "stop";
  flags.resume = typed.resume;
  if (!typed.ablation.empty()) return train_ablation(program, typed.ablation, typed.minutes, flags);
  if (typed.config.empty())
    throw Error(ErrorCode::Usage, "option.missing",
                "--config FILE is missing (or --ablate FILE for several trainings)");
  auto options = training::TrainingOptions::parse(training::read_config(typed.config));
  if (typed.minutes > 0) options.minutes = typed.minutes;
  tensor::prepare_runtime(program.resolved_threads());
  const auto summary = training::train_base(options, flags);
  if (program.json) {
    print_json(
        {{"schema", 1},
         {"steps", summary.steps},
         {"minutes", summary.minutes},
         {"content", summary.content},
         {"style", summary.style},
         {"dropped_steps", summary.dropped_steps},
         {"roll_backs", summary.roll_backs},
         {"finished", summary.finished},
         {"diagnoses", summary.diagnoses},
         {"stopped_by", summary.stopped_by ? nlohmann::json(summary.stopped_by->id) : nlohmann::json()},
         {"report", (options.run / "report.html").string()},
         {"folder", options.run.string()}});
  } else {
    std::cout << fmt::format(
        "{} steps in {:.1f} minutes, content {:.3f}, style {:.3f}, {} steps dropped\n{}\n", summary.steps,
        summary.minutes, summary.content, summary.style, summary.dropped_steps, options.run.string());
    for (const training::Diagnosis& diagnosis : summary.diagnoses) {
      std::cout << fmt::format("doctor: {}: {}\n", diagnosis.id, diagnosis.text());
    }
  }
  if (summary.stopped_by) {
    throw Error(
        ErrorCode::Internal, "training.stopped",
        fmt::format(
            "the doctor stopped the training at step {}: {} (the checkpoint is in {}; report.html shows why)",
            summary.steps, summary.stopped_by->text(), printable(options.run.string())));
  }
  return after_training();
}

int mapper(const Program& program, const TrainOptions& typed) {
  auto options = mapping::MapperTrainingOptions::parse(training::read_config(typed.config));
  if (typed.minutes > 0) options.minutes = typed.minutes;
  if (!typed.ratings.empty()) options.ratings = typed.ratings;
  if (!program.model.empty()) options.bundle = program.model;
  tensor::prepare_runtime(program.resolved_threads());
  Progress progress(Progress::parse(program.progress), "train mapper");
  const auto report = mapping::train_mapper(
      options,
      {.progress = [&](double fraction, std::int64_t items, double seconds_left, const std::string& note) {
        progress.update(fraction, items, seconds_left, note);
      }});
  if (!report.finished) return after_training();
  if (program.json) {
    nlohmann::json json = report.to_json();
    json["schema"] = 1;
    json["folder"] = options.bundle.string();
    print_json(json);
  } else {
    std::cout << report.to_text() << options.bundle.string() << "\n";
  }
  return report.beats_gallery() ? 0 : 1;
}

int export_model(const Program& program, const TrainOptions& typed) {
  const auto options = training::TrainingOptions::parse(training::read_config(typed.config));
  tensor::prepare_runtime(program.resolved_threads());
  const auto summary = training::export_bundle(options, typed.exported);
  if (program.json) {
    print_json({{"schema", 1},
                {"styles", summary.styles},
                {"missing", summary.missing},
                {"space", summary.space_id},
                {"folder", typed.exported.output.string()}});
  } else {
    std::cout << fmt::format("{} ({} styles, space {})\n", typed.exported.output.string(), summary.styles,
                             summary.space_id);
  }
  return summary.missing == 0 ? 0 : 1;
}

}  // namespace

void add_train(CLI::App& app, Program& program) {
  CLI::App* train = app.add_subcommand("train", "Train networks and make model bundles");
  train->require_subcommand(1);
  add_train_style(*train, program);
  add_train_collection(*train, program);
  add_train_distil(*train, program);
  add_train_rival(*train, program);
  add_train_report(*train, program);
  const auto add = [&](const char* name, const char* description,
                       int (*run)(const Program&, const TrainOptions&)) {
    CLI::App* command = train->add_subcommand(name, description);
    auto options = std::make_shared<TrainOptions>();
    command->callback([&program, options, run] {
      program.action = [&program, options, run] { return run(program, *options); };
    });
    return std::make_pair(command, options);
  };
  {
    auto [command, options] =
        add("perceptual", "Distil the perceptual network from VGG-19 and SE-16x", perceptual);
    add_common(*command, *options);
    command->footer("  atelier train perceptual --config configs/train/perceptual.json");
  }
  {
    auto [command, options] = add("base", "Train generator and style encoder against discriminators", base);
    add_common(*command, *options);
    CLI::Option* config = command->get_option("--config")->required(false);
    command
        ->add_option("--doctor", options->doctor,
                     "When the training becomes hopeless: warn, or stop (status 70, checkpoint written)")
        ->check(CLI::IsMember({"warn", "stop"}).description(""))
        ->capture_default_str();
    command
        ->add_option("--ablate", options->ablation,
                     "Instead: train the variations of this plan one after the other and compare them")
        ->type_name("FILE")
        ->excludes(config);
    command->footer(
        "  atelier train base --config configs/train/base.json --minutes 120\n"
        "  atelier train base --config configs/train/base.json --minutes 240 --resume\n"
        "  atelier train base --ablate configs/train/ablation.json");
  }
  {
    auto [command, options] =
        add("mapper", "Train the style mapper of a model: from a person's answers to styles", mapper);
    command
        ->add_option("--config", options->config, "Configuration, JSON with // comments (see configs/train)")
        ->required();
    command->add_option("--ratings", options->ratings,
                        "Folder of real people's ratings, to learn how people answer [the configuration's]");
    command->add_option("--minutes", options->minutes,
                        "Length of the training steps, at most [the configuration's]");
    command->footer(
        "  atelier train mapper --config configs/train/mapper.json\n"
        "Writes mapper.safetensors into the model (--model, else the configuration's). Status 1: it was "
        "written, but\n"
        "does not beat picking the best gallery style. Takes minutes; stopped, it starts over and the model "
        "stays as it was.");
  }
  {
    auto [command, options] =
        add("export", "Write the newest checkpoint of a training as a model bundle", export_model);
    command->add_option("--config", options->config, "The training's configuration")->required();
    command->add_option("--gallery", options->exported.gallery, "JSON list of the styles to name")
        ->required();
    command->add_option("-o,--output", options->exported.output, "Bundle folder")->required();
    command->add_option("--name", options->exported.name, "Name of the model")->capture_default_str();
    command
        ->add_option("--share", options->exported.share,
                     "How far to go from the model the training began with to what it learned, 0..1")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--default-detail", options->exported.default_detail, "Detail when nobody asks, 0..1")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->footer(
        "  atelier train export --config configs/train/base.json --gallery configs/gallery.json -o "
        "models/base");
  }
}

}  // namespace atelier::cli
