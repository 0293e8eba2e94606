#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "atelier/nn/feature_network.h"
#include "atelier/nn/feature_statistics.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// What pictures measure in every network of a TuningRuler, layer by layer; rows are pictures.
using StyleLook = std::vector<std::vector<nn::LayerStatistics>>;

/// What several pictures measure on average, a row. Not what they would as one picture: its contrast would
/// hold what differs between them, which no painting of one photo can.
StyleLook averaged(const std::vector<StyleLook>& pictures);
/// A batch of rows.
StyleLook stacked(const std::vector<StyleLook>& rows);

/// The networks by which a tuning measures style: phi; filters that nobody trained, because a painting that
/// is fitted to phi alone ends in fine speckle that phi does not see; then further ones. Structure is
/// measured by those further ones that have a content weight, and by phi when none has: phi calls paintings
/// faithful that larger networks do not recognise.
class TuningRuler {
 public:
  /// The taps of every network, phi's first.
  using View = std::vector<std::vector<at::Tensor>>;
  /// The taps of a View that hold structure.
  using Structure = std::vector<at::Tensor>;

  /// Errors of nn::load_reference_network.
  TuningRuler(nn::PerceptualNetwork phi, const std::vector<ReferenceNetwork>& further);

  /// pictures: [N, 3, H, W] in [0,1].
  View view(const at::Tensor& pictures) const;
  StyleLook look_of(const View& pictures) const;
  Structure structure_of(const View& pictures) const;

  /// Moments and correlations of paintings against `target` of as many rows.
  at::Tensor style_loss(const View& paintings, const StyleLook& target) const;
  /// How much structure photos hold, [N, taps of a Structure]: ones by phi, which standardises every picture;
  /// the variance of a further network's tap.
  at::Tensor structure_held(const Structure& photos) const;
  /// Content loss against the photos, each tap times `weights` [N, taps].
  at::Tensor structure_loss(const Structure& paintings, const Structure& photos,
                            const at::Tensor& weights) const;

 private:
  struct Measure {
    nn::FeatureNetwork* network;
    int taps;
    double weight, content;
  };

  nn::PerceptualNetwork phi_;
  std::vector<std::unique_ptr<nn::FeatureNetwork>> references_;
  std::vector<Measure> measures_;
  bool phi_knows_structure_;
  std::vector<double> contents_;  ///< weights of a Structure's taps
};

}  // namespace atelier::training
