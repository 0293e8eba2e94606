#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/tensor/device.h"
#include "atelier/training/progress.h"
#include "atelier/training/style_tuning.h"
#include "atelier/weights/sha256.h"
#include "json_output.h"
#include "style_words.h"
#include "train_commands.h"
#include "trained_gallery.h"

namespace atelier::cli {
namespace {

struct TrainStyle : TuningInputs {
  std::vector<std::string> pictures;
  std::string level;
};

nlohmann::json to_json(const training::TunedStyle& tuned) {
  nlohmann::json levels = nlohmann::json::array();
  for (const training::TuningRung& rung : tuned.rungs) {
    levels.push_back({{"level", to_string(rung.level)},
                      {"style", rung.score.style},
                      {"content", rung.score.content},
                      {"steps", rung.steps},
                      {"seconds", rung.seconds}});
  }
  return levels;
}

void print(const TrainStyle& command, const training::TunedStyle& tuned, std::size_t bytes) {
  const training::TuningRung &zero = tuned.rungs.front(), &kept = tuned.kept();
  if (tuned.level == training::TuningLevel::ZeroShot) {
    std::cout << fmt::format(
        "added {}: its code as the encoder gives it{}\n", command.style.name,
        tuned.rungs.size() > 1 ? "; nothing that was trained came nearer to the pictures" : "");
    return;
  }
  std::cout << fmt::format(
      "added {}: level {}, {} bytes beside the code, learned on {}; on held-out content the style loss is "
      "{:.0f} % and "
      "the content loss {:.0f} % of the code's alone\n",
      command.style.name, to_string(tuned.level), bytes, command.content_name(),
      100 * kept.score.style / zero.score.style, 100 * kept.score.content / zero.score.content);
}

int train_style(const Program& program, const TrainStyle& command) {
  const auto bundle = program.open_bundle();
  require_free_name(command.style.name, *bundle, command.replace);
  training::StyleTuningOptions options;
  options.minutes = command.minutes;
  options.steps = command.steps;
  if (!command.level.empty()) options.level = training::parse_tuning_level(command.level);
  options.most_content = command.most_content;
  options.detail = command.style.detail >= 0 ? command.style.detail : bundle->manifest().default_detail;
  options.networks = command.parsed_networks();
  options.seed = program.seed;

  style::NamedStyle style = command.style;
  std::vector<Image> pictures;
  for (const std::string& file : command.pictures) {
    pictures.push_back(read_to_learn(file));
    training::require_strokes(pictures.back(), printable(file));
    for (const auto& [key, value] : measure_picture(std::filesystem::path(file)))
      style.attributes[key] += value / static_cast<double>(command.pictures.size());
  }
  if (command.pictures.size() == 1) style.sha256 = weights::sha256_file(command.pictures.front());
  const std::vector<Image> photos = command.read_photos();

  tensor::prepare_runtime(program.resolved_threads());
  training::TunedStyle tuned;
  {
    training::Progress progress(training::Progress::parse(program.progress), "train style");
    options.progress = [&](double fraction, std::int64_t steps, double left, const std::string& note) {
      progress.update(fraction, steps, left, note);
    };
    tuned = training::tune_style(*bundle, pictures, photos, options);
  }
  const int signal = pending_signal();
  const BeforeAfter trained{tuned.zero_shot, tuned.code, tuned.delta, static_cast<float>(options.detail)};
  if (signal != 0 && tuned.level == training::TuningLevel::ZeroShot) {
    std::cerr << "atelier: stopped before anything was learned; no style was added\n";
    return 128 + signal;
  }
  style.code = tuned.code;
  const std::size_t bytes = add_trained(std::move(style), tuned.delta, *bundle);
  if (signal != 0) spdlog::warn("stopped early: the best so far is kept");
  if (!command.strip.empty())
    write_before_after(program, *bundle, command.strip, pictures.front(), photos, trained);
  std::optional<StyleVerdict> verdict;
  if (!command.judged.photos.empty() && signal == 0)
    verdict = judge_before_after(program, *bundle, command.judged, pictures, trained);
  if (program.json) {
    nlohmann::json json = {{"schema", 1},
                           {"added", command.style.name},
                           {"level", to_string(tuned.level)},
                           {"delta_bytes", bytes},
                           {"content", command.content_name()},
                           {"finished", tuned.finished},
                           {"levels", to_json(tuned)}};
    if (!command.strip.empty()) json["strip"] = command.strip.string();
    if (verdict) json["judged"] = to_json(*verdict);
    print_json(json);
  } else {
    print(command, tuned, bytes);
    if (verdict) print(*verdict);
    if (!command.strip.empty()) std::cout << command.strip.string() << "\n";
  }
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace

void add_train_style(CLI::App& train, Program& program) {
  CLI::App* command =
      train.add_subcommand("style", "Learn a style from a picture of yours and add it to your gallery");
  const auto options = std::make_shared<TrainStyle>();
  command->add_option("IMAGE", options->pictures, "Pictures in that style; several are learned as one style")
      ->required();
  options->add_to(*command);
  command
      ->add_option(
          "--level", options->level,
          "What it may change: zero-shot, code, affine or layers; default: what the time is enough for")
      ->check(CLI::IsMember({"zero-shot", "code", "affine", "layers"}).description(""));
  command->footer(
      "  atelier train style my-painting.jpg --name mine --strip mine.png\n"
      "  atelier train style tiles-*.jpg --name kitchen --minutes 8 --content holiday/\n"
      "Below 0.3 minutes it keeps the code as it is, below 1 it tunes the code, up to 3 also every layer's "
      "scale and\n"
      "shift (5 kB), above also the decoder's weights (350 kB). Ctrl-C keeps the best so far.");
  command->callback([&program, options] {
    program.action = [&program, options] { return train_style(program, *options); };
  });
}

}  // namespace atelier::cli
