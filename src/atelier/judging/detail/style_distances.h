#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "atelier/nn/feature_statistics.h"

namespace atelier::judging::detail {

/// What the style metrics keep of a picture's layers.
struct StyleFeatures {
  std::vector<nn::LayerStatistics> layers;
  std::vector<at::Tensor> quantiles;  ///< [1, directions, quantiles] a layer
};

/// Sliced Wasserstein distance (Heitz et al. 2021) of layers: at most 4096 positions a layer (evenly spread
/// over rows and columns), 32 random directions that are the same in every run, 256 quantiles; sum over
/// layers of
///   mean |q_y - q_s|^2 / var q_s.
class SlicedWasserstein {
 public:
  static constexpr int kDirections = 32, kQuantiles = 256, kPositions = 4096;

  static at::Tensor quantiles(const at::Tensor& tap, std::size_t layer);
  double operator()(const StyleFeatures& painting, const StyleFeatures& style) const;
};

/// Style loss of Gatys et al. (2016): sum over layers of |G_y - G_s|^2 / |G_s|^2 with G = F F' / (h w).
struct GramDistance {
  double operator()(const StyleFeatures& painting, const StyleFeatures& style) const;
};

/// Style loss of Huang & Belongie (2017): sum over layers of (|mu_y - mu_s|^2 + |sd_y - sd_s|^2) / (|mu_s|^2
/// + |sd_s|^2).
struct MomentDistance {
  double operator()(const StyleFeatures& painting, const StyleFeatures& style) const;
};

/// Adds what a tap [1, C, h, w] gives.
void add_layer(StyleFeatures& features, const at::Tensor& tap);
/// All taps of one picture.
StyleFeatures style_features(const std::vector<at::Tensor>& taps);

/// Place of `asked` when the styles are ordered by GramDistance to the painting, 1 for the nearest; equal
/// distances count as nearer, so that a set of equal styles identifies nothing.
std::size_t rank_of_style(const StyleFeatures& painting, const std::vector<const StyleFeatures*>& styles,
                          std::size_t asked);

}  // namespace atelier::judging::detail
