#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "atelier/nn/feature_network.h"
#include "atelier/nn/feature_statistics.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/training/detail/style_painter.h"
#include "atelier/training/detail/tuning_scenes.h"
#include "atelier/training/style_tuning.h"

namespace atelier::training {

constexpr double kMustGain = 0.98;  ///< of the simpler state's score, else the simpler one is kept
constexpr double kCodeAnchor =
    0.02;  ///< weight that keeps a code near where its pictures lie in the style space

/// What pictures measure in every network of a StyleRuler, layer by layer; rows are pictures.
using StyleLook = std::vector<std::vector<nn::LayerStatistics>>;

/// Several pictures as if they were one: a row.
StyleLook pooled(const std::vector<StyleLook>& pictures);
/// A batch of rows.
StyleLook stacked(const std::vector<StyleLook>& rows);

/// The networks by which a tuning measures style: phi; filters that nobody trained, because a painting that
/// is fitted to phi alone ends in fine speckle that phi does not see; then further ones.
class StyleRuler {
 public:
  /// Errors of nn::load_reference_network.
  StyleRuler(nn::PerceptualNetwork phi, const std::vector<ReferenceNetwork>& further);

  StyleLook look_at(const at::Tensor& pictures) const;
  /// The same when what phi sees of the pictures is known: `taps`.
  StyleLook look_at(const at::Tensor& pictures, const std::vector<at::Tensor>& taps) const;
  /// Moments and correlations of paintings, `taps` being what phi sees of them, against `target` of as many
  /// rows.
  at::Tensor loss(const at::Tensor& paintings, const std::vector<at::Tensor>& taps,
                  const StyleLook& target) const;

 private:
  struct Measure {
    nn::FeatureNetwork* network;
    int taps;
    double weight;
  };

  nn::PerceptualNetwork phi_;
  std::vector<std::unique_ptr<nn::FeatureNetwork>> references_;
  std::vector<Measure> measures_;
};

/// Loss of structure: standardised content on phi's two deepest taps.
at::Tensor structure_loss(const std::vector<at::Tensor>& taps, const std::vector<at::Tensor>& photo_taps);

/// What phi sees of a scene's photo, and the structure that its painting in `zero_shot` loses, unless they
/// are known.
void measure(TuningScene& scene, StylePainter& painter, const StylePainter::State& zero_shot, double detail);

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
