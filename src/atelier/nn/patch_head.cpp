#include "atelier/nn/patch_head.h"

#include <torch/torch.h>

namespace atelier::nn {
namespace {

// A unit spectral norm lets the signal fade from layer to layer; without this gain the logits of a young
// discriminator stay within a few hundredths of zero, and it learns nothing for thousands of steps.
constexpr double kGain = 1.4142135623730951;

}  // namespace

PatchHeadImpl::PatchHeadImpl(int in, const std::vector<Layer>& layers, int code_dim) {
  for (const Layer& layer : layers) {
    layers_.push_back(
        register_module("conv" + std::to_string(layers_.size()),
                        SpectralConv(in, layer.out, layer.kernel, layer.stride, layer.padding)));
    in = layer.out;
  }
  head_ = register_module("head", SpectralConv(in, 1, 3, 1, 1));
  projection_ =
      register_module("projection", torch::nn::Linear(torch::nn::LinearOptions(code_dim, in).bias(false)));
}

torch::Tensor PatchHeadImpl::forward(const torch::Tensor& x, const torch::Tensor& code) {
  torch::Tensor f = x;
  for (SpectralConv& layer : layers_) f = torch::leaky_relu(layer(f), 0.2) * kGain;
  const torch::Tensor wanted = projection_(code.detach()).unsqueeze(2).unsqueeze(3);
  return head_(f) + (f * wanted).mean(1, /*keepdim=*/true);
}

}  // namespace atelier::nn
