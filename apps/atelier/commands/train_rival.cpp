#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/tensor/device.h"
#include "atelier/training/fast_neural_style.h"
#include "atelier/training/progress.h"
#include "json_output.h"
#include "train_commands.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPhotos = 600;

struct TrainRival {
  training::FastNeuralStyleOptions options;
  std::vector<std::string> styles;
  fs::path content, folder;
  bool fresh = false;
};

// The networks' files, in the order of the styles.
std::vector<fs::path> files_of(const TrainRival& command) {
  std::vector<fs::path> files;
  for (const std::string& style : command.styles) {
    const fs::path file = command.folder / (fs::path(style).stem().string() + ".safetensors");
    if (std::find(files.begin(), files.end(), file) != files.end()) {
      throw Error(ErrorCode::Usage, "rival.name",
                  printable(style) + ": another style would give " + printable(file.string()) +
                      " too; rename one of the pictures");
    }
    files.push_back(file);
  }
  return files;
}

int train_rival(const Program& program, const TrainRival& command) {
  training::FastNeuralStyleOptions options = command.options;
  options.seed = program.seed;
  const std::vector<fs::path> files = files_of(command);
  std::error_code failed;
  fs::create_directories(command.folder, failed);
  if (failed) {
    throw Error(ErrorCode::CannotCreate, "rival.folder",
                printable(command.folder.string()) + ": " + failed.message() + "; name another --output");
  }
  tensor::prepare_runtime(program.resolved_threads());
  const std::vector<Image> photos = read_photos_to_learn(command.content, kTuningShortSide, kMostPhotos);
  training::Progress progress(training::Progress::parse(program.progress), "train rival");
  nlohmann::json networks = nlohmann::json::array();
  for (std::size_t i = 0; i < command.styles.size() && pending_signal() == 0; ++i) {
    const fs::path& file = files[i];
    if (fs::exists(file) && !command.fresh) {
      spdlog::info("{} is there already; --fresh trains it anew", printable(file.string()));
      options.from = file;
      continue;
    }
    options.progress = [&](double fraction, std::int64_t steps, double left, const std::string& note) {
      const auto count = static_cast<double>(command.styles.size());
      progress.update((static_cast<double>(i) + fraction) / count, steps,
                      left + (count - static_cast<double>(i) - 1) * left / std::max(0.01, 1 - fraction),
                      note);
    };
    const training::FastNeuralStyle learned =
        training::train_fast_neural_style(read_to_learn(command.styles[i]), photos, file, options);
    options.from = file;
    networks.push_back({{"file", file.string()},
                        {"steps", learned.steps},
                        {"minutes", learned.seconds / 60},
                        {"content", learned.content},
                        {"style", learned.style},
                        {"finished", learned.finished}});
    if (!program.json) {
      std::cout << fmt::format("{}: {} steps in {:.1f} minutes, content {:.3f}, style {:.3f}\n",
                               file.string(), learned.steps, learned.seconds / 60, learned.content,
                               learned.style);
    }
  }
  if (program.json) print_json({{"schema", 1}, {"networks", networks}});
  if (pending_signal() == 0) return 0;
  spdlog::warn("stopped early: the last network is written as far as it learned");
  return 128 + pending_signal();
}

}  // namespace

void add_train_rival(CLI::App& train, Program& program) {
  CLI::App* command = train.add_subcommand(
      "rival", "Train fast-neural-style networks, one a style, to measure this model against");
  const auto typed = std::make_shared<TrainRival>();
  training::FastNeuralStyleOptions& options = typed->options;
  command->add_option("STYLE", typed->styles, "Style pictures; each gets a network of its own")->required();
  command->add_option("--content", typed->content, "Folder of photos to learn on, at most 600")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--vgg19", options.vgg19,
                   "Weights of VGG-19 (vgg19_oxford_bgr_relu3_4.safetensors), the teacher")
      ->type_name("FILE")
      ->required();
  command->add_option("-o,--output", typed->folder, "Folder for STYLE.safetensors")
      ->type_name("DIR")
      ->required();
  command->add_option("--steps", options.steps, "Length of each training, steps")
      ->check(CLI::Range(1, 10'000'000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--crop", options.crop, "Side of the crops in pixels")
      ->type_name("PIXELS")
      ->capture_default_str();
  command->add_option("--batch", options.batch, "Photos a step")
      ->check(CLI::Range(1, 64).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--style-weight", options.style, "Weight of the style beside a content of 1")
      ->check(CLI::Range(0.01, 1000.0).description(""))
      ->capture_default_str();
  command->add_flag("--fresh", typed->fresh, "Train anew what is in the folder already");
  command->footer(
      "  atelier train rival paintings/*.jpg --content photos/ --vgg19 vgg19.safetensors -o rivals/\n"
      "  atelier evaluate pictures ... --rival fast-neural-style=rivals/\n"
      "The first network begins with random weights, every other one with those of the one before it.");
  command->callback(
      [&program, typed] { program.action = [&program, typed] { return train_rival(program, *typed); }; });
}

}  // namespace atelier::cli
