#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/inference/transparency.h"
#include "atelier/style/user_styles.h"
#include "atelier/tensor/device.h"
#include "atelier/training/progress.h"
#include "atelier/training/style_tuning.h"
#include "atelier/weights/sha256.h"
#include "backend.h"
#include "batch.h"
#include "before_after.h"
#include "drawn_scenes.h"
#include "json_output.h"
#include "options.h"
#include "style_words.h"
#include "train_commands.h"
#include "trained_gallery.h"

namespace atelier::cli {
namespace {

constexpr int kShortSide = 512;  // what tune_style looks at
constexpr std::size_t kMostPhotos = 64;

struct TrainStyle {
  std::vector<std::string> pictures;
  style::NamedStyle style;
  double minutes = 3;
  std::int64_t steps = 0;
  std::string level;
  std::filesystem::path content;
  std::vector<std::string> networks;
  double most_content = 1.10;
  bool replace = false;
  std::filesystem::path strip;
  JudgedTraining judged;
};

Image read_shrunk(const std::string& file) {
  ReadOptions options;
  options.shrink_to_short_side = kShortSide;
  return inference::visible_colours(read_image(file, options));
}

std::string content_name(const TrainStyle& command) {
  return command.content.empty() ? "drawn scenes" : printable(command.content.string());
}

std::vector<Image> read_photos(const std::filesystem::path& folder) {
  if (folder.empty()) return drawn_scenes();
  std::vector<Image> photos;
  for (const std::string& file : pictures_in(folder)) {
    if (photos.size() == kMostPhotos) {
      spdlog::info("{}: the first {} photos by name are used", printable(folder.string()), kMostPhotos);
      break;
    }
    photos.push_back(read_shrunk(file));
    training::require_structure(photos.back(), printable(file));
  }
  return photos;
}

// "vgg19=FILE"
std::vector<training::ReferenceNetwork> parse_networks(const std::vector<std::string>& words) {
  std::vector<training::ReferenceNetwork> networks;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorCode::Usage, "tuning.network",
                  "'" + printable(word) +
                      "': --network takes KIND=FILE, for example squeezenet=squeezenet.safetensors");
    }
    networks.push_back({word.substr(0, equals), word.substr(equals + 1), 0.5, 3});
  }
  return networks;
}

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

nlohmann::json to_json(const StyleVerdict& verdict) {
  return {{"network", "vgg19"},
          {"photos", verdict.photos},
          {"style_before", verdict.style_before},
          {"style_after", verdict.style_after},
          {"content_before", verdict.content_before},
          {"content_after", verdict.content_after}};
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
      command.style.name, to_string(tuned.level), bytes, content_name(command),
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
  options.networks = parse_networks(command.networks);
  options.seed = program.seed;

  style::NamedStyle style = command.style;
  std::vector<Image> pictures;
  for (const std::string& file : command.pictures) {
    pictures.push_back(read_shrunk(file));
    training::require_strokes(pictures.back(), printable(file));
    for (const auto& [key, value] : measure_picture(std::filesystem::path(file)))
      style.attributes[key] += value / static_cast<double>(command.pictures.size());
  }
  if (command.pictures.size() == 1) style.sha256 = weights::sha256_file(command.pictures.front());
  const std::vector<Image> photos = read_photos(command.content);
  if (command.content.empty())
    spdlog::info("training on drawn scenes; --content DIR trains on your own photos");

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
                           {"content", content_name(command)},
                           {"finished", tuned.finished},
                           {"levels", to_json(tuned)}};
    if (!command.strip.empty()) json["strip"] = command.strip.string();
    if (verdict) json["judged"] = to_json(*verdict);
    print_json(json);
  } else {
    print(command, tuned, bytes);
    if (verdict) {
      std::cout << fmt::format(
          "VGG-19 on {} photos: style loss {:.3f} before, {:.3f} after ({:.0f} %); content loss {:.3f} "
          "before, {:.3f} "
          "after ({:.0f} %)\n",
          verdict->photos, verdict->style_before, verdict->style_after,
          100 * verdict->style_after / verdict->style_before, verdict->content_before, verdict->content_after,
          100 * verdict->content_after / verdict->content_before);
    }
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
  command->add_option("--name", options->style.name, "What to call it: a-z, 0-9 and '-'")
      ->type_name("NAME")
      ->required();
  command->add_option("--minutes", options->minutes, "How long it may take")
      ->check(CLI::Range(0.0, 600.0).description(""))
      ->capture_default_str();
  command->add_option("--steps", options->steps, "Its length in steps instead: the same result every time")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->type_name("N");
  command
      ->add_option(
          "--level", options->level,
          "What it may change: zero-shot, code, affine or layers; default: what the time is enough for")
      ->check(CLI::IsMember({"zero-shot", "code", "affine", "layers"}).description(""));
  command->add_option("--content", options->content, "Folder of photos to learn on; default: drawn scenes")
      ->type_name("DIR");
  command
      ->add_option(
          "--most-content", options->most_content,
          "How much of the photo's structure it may cost: content loss against the untrained style's")
      ->check(CLI::Range(1.0, 3.0).description(""))
      ->type_name("FACTOR")
      ->capture_default_str();
  add_repeatable(
      *command, "--network", options->networks,
      "A published network to measure the style by, beside the model's own: vgg19=FILE, squeezenet=FILE")
      ->type_name("KIND=FILE");
  command->add_option("--strip", options->strip, "Write a picture of before and after")->type_name("FILE");
  command
      ->add_option(
          "--judge", options->judged.photos,
          "Folder of photos to judge before and after on, by VGG-19; none of them may be in --content")
      ->type_name("DIR");
  command
      ->add_option("--judge-weights", options->judged.weights,
                   "Folder with VGG-19's weights; default: $ATELIER_JUDGE_WEIGHTS")
      ->type_name("DIR");
  command->add_option("--judge-photos", options->judged.count, "How many of them, the first by name")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--replace", options->replace, "Replace a style of your own of this name");
  command->add_option("--title", options->style.title, "For people; default: none");
  command->add_option("--artist", options->style.artist, "Who made the pictures; default: none");
  command->add_option("--year", options->style.year, "When; default: none");
  command->add_option("--licence", options->style.licence, "Terms of the pictures; default: none");
  command
      ->add_option("--detail", options->style.detail,
                   "The detail dial to learn and paint it at; default: the model's")
      ->type_name("0..1")
      ->check(unit_interval());
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
