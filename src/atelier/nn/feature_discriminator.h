#pragma once

#include <vector>

#include "atelier/nn/patch_head.h"

namespace atelier::nn {

struct FeatureDiscriminatorOptions {
  std::vector<std::int64_t> channels;  ///< of every tap of the frozen network, finest first
  int width = 32;                      ///< channels of a head's first layer; the others have twice as many
  int code_dim = 128;

  void validate() const;
};

/// Tells real art of a style from painted photos by what a frozen network sees in them (projected GAN, Sauer
/// et al. 2021): it need not learn to see first, and tells them apart after hundreds of steps where one that
/// begins at the pixels takes many thousands. One PatchHead a tap, with spectral normalisation.
/// A place's features are taken as a direction and the logarithm of their length against the tap's mean, so
/// that neither the network's scale nor the picture's contrast decides.
class FeatureDiscriminatorImpl : public torch::nn::Module {
 public:
  explicit FeatureDiscriminatorImpl(const FeatureDiscriminatorOptions& options);

  /// taps: [N, C, h, w] each, h and w at least 8, as many and with as many channels as in the options. code:
  /// [N, code_dim], taken without gradient. One map of logits [N, 1, h / 4, w / 4] per tap.
  std::vector<torch::Tensor> forward(const std::vector<torch::Tensor>& taps, const torch::Tensor& code);

 private:
  FeatureDiscriminatorOptions options_;
  std::vector<PatchHead> heads_;
};
TORCH_MODULE(FeatureDiscriminator);

}  // namespace atelier::nn
