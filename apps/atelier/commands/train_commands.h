#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <span>

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

/// Paints the photos as `stylize` will, before and after. Error NoInput "judge.vgg19" without that network,
/// those of read_picture_set.
StyleVerdict judge_before_after(const Program& program, const model::ModelBundle& bundle,
                                const JudgedTraining& judged, std::span<const Image> styles,
                                const BeforeAfter& trained);

/// `train style IMAGE... --name NAME`.
void add_train_style(CLI::App& train, Program& program);

/// `train report RUN`.
void add_train_report(CLI::App& train, Program& program);

}  // namespace atelier::cli
