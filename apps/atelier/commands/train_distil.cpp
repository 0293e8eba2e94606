#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/tensor/device.h"
#include "atelier/training/distillation.h"
#include "atelier/training/progress.h"
#include "json_output.h"
#include "train_commands.h"

namespace atelier::cli {
namespace {

constexpr std::size_t kMostDistilled = 600;  // photos
constexpr int kDistilledSide = 384;          // their short side: crops of 128 to 320 pixels are cut from it

struct TrainDistil {
  training::DistillationOptions options;
  std::filesystem::path content;
};

nlohmann::json to_json(const std::optional<training::DistillationScore>& score) {
  return score ? training::to_json(*score) : nlohmann::json();
}

std::string to_text(const training::DistillationScore& score) {
  return fmt::format("difference {:.4f}, PSNR {:.1f} dB, features {:.3f}, style {:.4f}", score.l1, score.psnr,
                     score.features, score.style);
}

void print(const std::string& size, const training::Distillation& result,
           const std::filesystem::path& folder) {
  std::cout << fmt::format("{}: {} steps in {:.1f} minutes\n", size, result.steps, result.seconds / 60);
  if (result.before) std::cout << "before:  " << to_text(*result.before) << "\n";
  if (result.after) {
    std::cout << fmt::format("against the model's own generator, {} paintings of held-out photos:\n",
                             result.after->paintings)
              << "         " << to_text(*result.after) << "\n";
  }
  std::cout << folder.string() << "\n";
}

int train_distil(const Program& program, const TrainDistil& command) {
  const auto bundle = program.open_bundle();
  training::DistillationOptions options = command.options;
  options.seed = program.seed;
  tensor::prepare_runtime(program.resolved_threads());
  training::Distillation result;
  {
    training::Progress progress(training::Progress::parse(program.progress), "train distil");
    options.progress = [&](double fraction, std::int64_t steps, double left, const std::string& note) {
      progress.update(fraction, steps, left, note);
    };
    result = training::distil(*bundle, read_photos_to_learn(command.content, kDistilledSide, kMostDistilled),
                              options);
  }
  if (!result.finished) {
    spdlog::warn(result.steps > 0 ? "stopped early: what was learned so far is in the model, not measured"
                                  : "stopped before anything was learned; the model is as it was");
  }
  if (result.before && result.after && result.after->l1 > result.before->l1)
    spdlog::warn("the network paints less like the model's own than before; train longer");
  if (program.json) {
    print_json({{"schema", 1},
                {"network", options.size},
                {"steps", result.steps},
                {"minutes", result.seconds / 60},
                {"finished", result.finished},
                {"before", to_json(result.before)},
                {"after", to_json(result.after)},
                {"folder", bundle->folder().string()}});
  } else {
    print(options.size, result, bundle->folder());
  }
  return result.finished ? 0 : 128 + pending_signal();
}

}  // namespace

void add_train_distil(CLI::App& train, Program& program) {
  CLI::App* command = train.add_subcommand(
      "distil", "Teach a smaller network to paint like the model's own; it joins the model");
  const auto typed = std::make_shared<TrainDistil>();
  training::DistillationOptions& options = typed->options;
  command->add_option("--size", options.size, "Size of the network: XS, S, M or L")
      ->check(CLI::IsMember({"XS", "S", "M", "L"}).description(""))
      ->required();
  command
      ->add_option("--content", typed->content,
                   "Folder of photos to learn on, at most 600; every fourth is kept aside to measure on")
      ->type_name("DIR")
      ->required();
  CLI::Option* minutes = command->add_option("--minutes", options.minutes, "How long it may learn")
                             ->check(CLI::Range(0.01, 10'000.0).description(""))
                             ->capture_default_str();
  command->add_option("--steps", options.steps, "Its length in steps instead: the same result every time")
      ->check(CLI::Range(1, 10'000'000).description(""))
      ->type_name("N")
      ->excludes(minutes);
  command->add_option("--crop", options.crop, "Side of the crops in pixels; default: 128, at the end 192")
      ->type_name("PIXELS");
  command->add_option("--batch", options.batch, "Paintings a step; default: 4, at the end 2")
      ->check(CLI::Range(1, 64).description(""))
      ->type_name("N");
  command->add_flag("--fresh", options.fresh, "Begin anew where the model has this size already");
  command->footer(
      "  atelier train distil --size XS --content photos/ --minutes 60\n"
      "  atelier stylize photo.jpg --style hokusai-great-wave --network XS -o painting.jpg\n"
      "Writes into the model (--model) every 10 minutes, at the end and after Ctrl-C. Called again it goes "
      "on from\n"
      "what the model holds.");
  command->callback(
      [&program, typed] { program.action = [&program, typed] { return train_distil(program, *typed); }; });
}

}  // namespace atelier::cli
