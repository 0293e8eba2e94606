#include "atelier/nn/spectral_conv.h"

#include <torch/torch.h>

namespace atelier::nn {

SpectralConvImpl::SpectralConvImpl(int in, int out, int kernel, int stride, int padding)
    : stride_(stride), padding_(padding) {
  weight = register_parameter("weight", torch::empty({out, in, kernel, kernel}));
  torch::nn::init::orthogonal_(weight);
  bias = register_parameter("bias", torch::zeros({out}));
  u = register_buffer("u", torch::nn::functional::normalize(
                               torch::randn({out}), torch::nn::functional::NormalizeFuncOptions().dim(0)));
}

torch::Tensor SpectralConvImpl::normalised_weight() {
  const torch::Tensor matrix = weight.flatten(1);
  const auto unit = [](const torch::Tensor& v) { return v / (v.norm() + 1e-12); };
  torch::Tensor v;
  {
    torch::NoGradGuard no_grad;
    v = unit(torch::mv(matrix.t(), u));
    if (is_training()) u.copy_(unit(torch::mv(matrix, v)));
  }
  // u is cloned: a later forward advances the buffer in place while this graph still needs it.
  const torch::Tensor sigma = torch::dot(u.clone(), torch::mv(matrix, v));
  return weight / sigma;
}

torch::Tensor SpectralConvImpl::forward(const torch::Tensor& x) {
  return torch::conv2d(x, normalised_weight(), bias, stride_, padding_);
}

}  // namespace atelier::nn
