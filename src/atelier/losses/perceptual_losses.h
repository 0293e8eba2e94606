#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "atelier/nn/feature_statistics.h"

namespace atelier::losses {

/// Losses over the taps of a FeatureNetwork. All are dimensionless: each is divided by its target's energy,
/// so that weights mean the same for every layer, picture and network. All return a scalar: the mean over the
/// batch.

/// Content: || M(F(y)) - M(F(c)) ||^2 / n, with M standardising every channel of each picture (mean 0,
/// variance 1), so that a style may change contrast and level but not structure (the "mvn" content of StyTR^2
/// and SANet).
struct ContentLoss {
  bool standardised = true;  ///< false: the features as they are, || F(y) - F(c) ||^2 / (n Var F(c)), as most
                             ///< stylisers have it

  /// y, c: one tap [N, C, h, w] of the painting and of the photo. sample_weight: [N], or undefined for ones.
  at::Tensor operator()(const at::Tensor& y, const at::Tensor& c, const at::Tensor& sample_weight = {}) const;
};

/// Style by moments (Huang & Belongie 2017): sum over taps of (|mu_y - mu_s|^2 + |sd_y - sd_s|^2) / (|mu_s|^2
/// + |sd_s|^2).
struct MomentLoss {
  at::Tensor operator()(const std::vector<nn::LayerStatistics>& y,
                        const std::vector<nn::LayerStatistics>& s) const;
};

/// Style by channel correlations (Gatys et al. 2016): sum over taps of |G_y - G_s|^2 / |G_s|^2.
struct GramLoss {
  at::Tensor operator()(const std::vector<nn::LayerStatistics>& y,
                        const std::vector<nn::LayerStatistics>& s) const;
};

/// Style by sliced Wasserstein distance (Heitz et al. 2021): features projected on random directions, sorted,
/// compared as quantiles: mean |q_y - q_s|^2 / mean |q_s - mean q_s|^2. Matches whole distributions, not two
/// moments.
class SlicedWassersteinLoss {
 public:
  /// `quantiles` points are compared per direction.
  explicit SlicedWassersteinLoss(int quantiles = 256) : quantiles_(quantiles) {}

  /// Quantiles [N, directions, quantiles] of a tap [N, C, h, w] along the rows of `directions` [D, C].
  at::Tensor quantiles(const at::Tensor& tap, const at::Tensor& directions) const;
  at::Tensor operator()(const at::Tensor& y_quantiles, const at::Tensor& s_quantiles) const;

  /// Unit directions [count, channels], the same for the same seed.
  static at::Tensor directions(int count, std::int64_t channels, std::uint64_t seed);

 private:
  int quantiles_;
};

/// Code consistency: |E(y) - e|^2 / |e|^2; the painting's own code must be the code asked for.
struct CodeConsistencyLoss {
  at::Tensor operator()(const at::Tensor& code_of_painting, const at::Tensor& code) const;
};

}  // namespace atelier::losses
