#pragma once

#include <ATen/core/Tensor.h>

#include "atelier/training/detail/style_painter.h"
#include "atelier/training/detail/tuning_ruler.h"
#include "atelier/training/detail/tuning_scenes.h"
#include "atelier/training/style_tuning.h"

namespace atelier::training {

constexpr double kMustGain = 0.98;  ///< of the simpler state's score, else the simpler one is kept
constexpr double kCodeAnchor =
    0.02;  ///< weight that keeps a code near where its pictures lie in the style space

/// The structure of the photos of all scenes, and how much of it the painter's paintings lose as it is now.
/// Scenes weigh by the structure they hold: a piece of even sky has next to none to lose, and shall not
/// decide.
void measure(TuningScenes& scenes, const TuningRuler& ruler, StylePainter& painter, double detail);
/// Structure that a painting of the scene loses.
at::Tensor structure_lost(const TuningRuler& ruler, const TuningRuler::Structure& painting,
                          const TuningScene& scene);

/// The base recipe's guards (structure, colour, halo, grid) and total variation, weighted.
at::Tensor guards(const at::Tensor& paintings, const at::Tensor& photos);

/// The content loss's weight by dual ascent: it grows while paintings lose more structure than allowed.
class ContentWeight {
 public:
  double value() const { return value_; }
  /// `lost`: content loss against zero-shot's; `allowed`: what it may be.
  void follow(double lost, double allowed);

 private:
  double value_ = 1.3;
};

/// Style against zero-shot's, 1 for zero-shot; what costs too much structure counts as worse.
double relative_score(const TuningScore& now, const TuningScore& zero_shot, double most_content);

}  // namespace atelier::training
