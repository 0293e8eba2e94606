#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "atelier/nn/feature_network.h"

namespace atelier::nn {

/// Texture by filters that nobody trained, so that nothing can be painted past them: at four scales (the
/// picture, and it averaged over 2, 4 and 8 pixels) the nine 3 x 3 cosine patterns in light and two opponent
/// colours, split into their positive and negative parts (after Heeger & Bergen 1995 and Portilla &
/// Simoncelli 2000; that such shallow statistics hold a texture: Ustyuzhaninov et al. 2016). Steps between
/// neighbours are amplified, for pictures hold less of them than of level.
class FilterBank : public FeatureNetwork {
 public:
  static constexpr int kScales = 4;
  static constexpr int kChannels = 54;  ///< 9 patterns x 3 colours x 2 signs

  FilterBank();
  /// kScales taps, finest first, [N, kChannels, h - 2, w - 2]; the picture is at least 24 pixels on a side.
  std::vector<at::Tensor> features(const at::Tensor& picture) override;

 private:
  at::Tensor filters_;  ///< [27, 3, 3, 3]
};

}  // namespace atelier::nn
