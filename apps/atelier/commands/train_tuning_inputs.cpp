#include <spdlog/spdlog.h>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/inference/transparency.h"
#include "atelier/training/style_tuning.h"
#include "batch.h"
#include "drawn_scenes.h"
#include "options.h"
#include "train_commands.h"

namespace atelier::cli {
namespace {

constexpr std::size_t kMostPhotos = 64;

}  // namespace

Image read_to_learn(const std::string& file, int short_side) {
  ReadOptions options;
  options.shrink_to_short_side = short_side;
  return inference::visible_colours(read_image(file, options));
}

std::vector<Image> read_photos_to_learn(const std::filesystem::path& folder, int short_side,
                                        std::size_t most) {
  std::vector<Image> photos;
  for (const std::string& file : pictures_in(folder)) {
    if (photos.size() == most) {
      spdlog::info("{}: the first {} photos by name are used", printable(folder.string()), most);
      break;
    }
    photos.push_back(read_to_learn(file, short_side));
    training::require_structure(photos.back(), printable(file));
  }
  return photos;
}

std::string TuningInputs::content_name() const {
  return content.empty() ? "drawn scenes" : printable(content.string());
}

std::vector<Image> TuningInputs::read_photos() const {
  if (content.empty()) {
    spdlog::info("training on drawn scenes; --content DIR trains on your own photos");
    return drawn_scenes();
  }
  return read_photos_to_learn(content, kTuningShortSide, kMostPhotos);
}

std::vector<training::ReferenceNetwork> TuningInputs::parsed_networks() const {
  std::vector<training::ReferenceNetwork> parsed;
  for (const std::string& word : networks) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorCode::Usage, "tuning.network",
                  "'" + printable(word) +
                      "': --network takes KIND=FILE, for example squeezenet=squeezenet.safetensors");
    }
    const std::string kind = word.substr(0, equals);
    const bool knows_structure = kind == "vgg19" || kind == "se16x";
    parsed.push_back({kind, word.substr(equals + 1), 0.5, 3, knows_structure ? 1.0 : 0.0});
  }
  return parsed;
}

void TuningInputs::add_to(CLI::App& command) {
  command.add_option("--name", style.name, "What to call it: a-z, 0-9 and '-'")
      ->type_name("NAME")
      ->required();
  command.add_option("--minutes", minutes, "How long it may take")
      ->check(CLI::Range(0.0, 600.0).description(""))
      ->capture_default_str();
  command.add_option("--steps", steps, "Its length in steps instead: the same result every time")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->type_name("N");
  command.add_option("--content", content, "Folder of photos to learn on; default: drawn scenes")
      ->type_name("DIR");
  command
      .add_option("--most-content", most_content,
                  "How much of the photo's structure it may cost: content loss against the untrained style's")
      ->check(CLI::Range(0.5, 3.0).description(""))
      ->type_name("FACTOR")
      ->capture_default_str();
  add_repeatable(command, "--network", networks,
                 "A published network to measure style by, beside the model's own, and structure in its "
                 "place: vgg19=FILE, se16x=FILE; squeezenet=FILE, alexnet=FILE: style alone")
      ->type_name("KIND=FILE");
  command.add_option("--strip", strip, "Write a picture of before and after")->type_name("FILE");
  command
      .add_option(
          "--judge", judged.photos,
          "Folder of photos to judge before and after on, by VGG-19; none of them may be in --content")
      ->type_name("DIR");
  command
      .add_option("--judge-weights", judged.weights,
                  "Folder with VGG-19's weights; default: $ATELIER_JUDGE_WEIGHTS")
      ->type_name("DIR");
  command.add_option("--judge-photos", judged.count, "How many of them, the first by name")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--replace", replace, "Replace a style of your own of this name");
  command.add_option("--title", style.title, "For people; default: none");
  command.add_option("--artist", style.artist, "Who made the pictures; default: none");
  command.add_option("--year", style.year, "When; default: none");
  command.add_option("--licence", style.licence, "Terms of the pictures; default: none");
  command
      .add_option("--detail", style.detail, "The detail dial to learn and paint it at; default: the model's")
      ->type_name("0..1")
      ->check(unit_interval());
}

}  // namespace atelier::cli
