#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "atelier/style/style_library.h"
#include "atelier/training/trainer.h"
#include "before_after.h"
#include "program.h"

namespace atelier::cli {

/// `train base --ablate FILE`: the variations of a plan, one after the other. `minutes` above 0 replaces the
/// plan's.
int train_ablation(const Program& program, const std::filesystem::path& plan, double minutes,
                   const training::RunFlags& flags);

/// What shall judge a trained style, and on which photos.
struct JudgedTraining {
  std::filesystem::path photos;   ///< folder; empty: nobody judges
  std::filesystem::path weights;  ///< of JudgeWeights::find
  int count = 8;                  ///< photos used, the first by name
};

/// Means over the photos: the metrics "style" (Gram, VGG-19) and "content" (VGG-19) of `evaluate pictures`.
struct StyleVerdict {
  double style_before = 0, style_after = 0, content_before = 0, content_after = 0;
  std::size_t photos = 0;
};

nlohmann::json to_json(const StyleVerdict& verdict);
void print(const StyleVerdict& verdict);  ///< for people, on standard output

/// Paints the photos as `stylize` will, before and after. Error NoInput "judge.vgg19" without that network,
/// those of read_picture_set.
StyleVerdict judge_before_after(const Program& program, const model::ModelBundle& bundle,
                                const JudgedTraining& judged, std::span<const Image> styles,
                                const BeforeAfter& trained);

/// What `train style` and `train collection` are told alike.
struct TuningInputs {
  style::NamedStyle style;
  double minutes = 3;
  std::int64_t steps = 0;
  std::filesystem::path content;
  std::vector<std::string> networks;
  double most_content = 1.1;
  bool replace = false;
  std::filesystem::path strip;
  JudgedTraining judged;

  /// All of them as options; what they hold is the default.
  void add_to(CLI::App& command);
  std::string content_name() const;  ///< for people
  /// The photos to learn on: the first 64 of the folder by name, or drawn scenes. Errors of pictures_in,
  /// read_image and require_structure.
  std::vector<Image> read_photos() const;
  /// Error Usage "tuning.network" for what is not KIND=FILE.
  std::vector<training::ReferenceNetwork> parsed_networks() const;
};

constexpr int kTuningShortSide = 512;  ///< pixels; what tunings look at

/// A picture at the size that learning looks at, its transparency filled.
Image read_to_learn(const std::string& file, int short_side = kTuningShortSide);

/// The first `most` photos of the folder by name. Errors of pictures_in, read_image and require_structure.
std::vector<Image> read_photos_to_learn(const std::filesystem::path& folder, int short_side,
                                        std::size_t most);

/// `train style IMAGE... --name NAME`.
void add_train_style(CLI::App& train, Program& program);

/// `train collection DIR --name NAME`.
void add_train_collection(CLI::App& train, Program& program);

/// `train distil --size SIZE --content DIR`.
void add_train_distil(CLI::App& train, Program& program);

/// `train rival STYLE... --content DIR --vgg19 FILE`.
void add_train_rival(CLI::App& train, Program& program);

/// `train report RUN`.
void add_train_report(CLI::App& train, Program& program);

}  // namespace atelier::cli
