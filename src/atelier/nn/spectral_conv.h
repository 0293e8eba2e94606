#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

namespace atelier::nn {

/// A convolution whose weight is divided by its largest singular value (Miyato et al. 2018). The left
/// singular vector is a buffer, advanced by one power iteration per training-mode forward.
class SpectralConvImpl : public torch::nn::Module {
 public:
  SpectralConvImpl(int in, int out, int kernel, int stride, int padding);
  torch::Tensor forward(const torch::Tensor& x);
  /// weight / sigma(weight).
  torch::Tensor normalised_weight();

  torch::Tensor weight, bias, u;

 private:
  int stride_, padding_;
};
TORCH_MODULE(SpectralConv);

}  // namespace atelier::nn
