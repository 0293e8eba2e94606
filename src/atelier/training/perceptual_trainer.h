#pragma once

#include "atelier/training/progress.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// What the finished perceptual network is worth, against true VGG-19 on pictures it was not trained on.
struct PerceptualGate {
  double style_spearman = 0;    ///< own style loss against VGG-19's Gram loss over (painting, style) pairs
  double content_spearman = 0;  ///< own content loss against VGG-19's relu3_4 over (painting, photo) pairs
  double dead_channels = 0;     ///< share of tap channels that are silent on every held-out picture
  int pairs = 0;

  static constexpr double kStyle = 0.9, kContent = 0.85, kDead = 0.05;
  bool passed() const {
    return style_spearman >= kStyle && content_spearman >= kContent && dead_channels <= kDead;
  }
};

/// Distils phi from VGG-19 (relu1_1 .. relu3_4) and SE-16x (relu4_1): per tap a linear head regresses the
/// teacher's features, and distances between pictures must rank as in the teacher (relational distillation,
/// Park et al. 2019). Writes perceptual.safetensors and manifest.json into options.run, resumes from there
/// when `resume`. Errors: NoInput for missing teachers or folders, those of load_pictures.
PerceptualGate train_perceptual(const PerceptualTrainingOptions& options, bool resume,
                                Progress::Style progress);

}  // namespace atelier::training
