#pragma once

#include <torch/nn/modules/linear.h>

#include <vector>

#include "atelier/nn/spectral_conv.h"

namespace atelier::nn {

/// The part that every discriminator is made of: convolutions over a map, and for each place of what they
/// leave whether it is real art, with projection on the style code (Miyato & Koyama 2018):
///   logit(x, e) = head(f(x)) + <f(x), P e> / channels.
class PatchHeadImpl : public torch::nn::Module {
 public:
  struct Layer {
    int out, kernel, stride, padding;
  };
  PatchHeadImpl(int in, const std::vector<Layer>& layers, int code_dim);

  /// x: [N, in, h, w]; code: [N, code_dim], taken without gradient. Logits [N, 1, h', w'].
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& code);

 private:
  std::vector<SpectralConv> layers_;
  SpectralConv head_{nullptr};
  torch::nn::Linear projection_{nullptr};
};
TORCH_MODULE(PatchHead);

}  // namespace atelier::nn
