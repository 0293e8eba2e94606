#include "atelier/nn/perceptual_network.h"

#include <torch/torch.h>

#include "atelier/tensor/shapes.h"

namespace atelier::nn {

PerceptualNetworkImpl::PerceptualNetworkImpl(const PerceptualOptions& options) : options_(options) {
  options_.validate();
  int in = 3;
  for (std::size_t b = 0; b < options_.widths.size(); ++b) {
    std::vector<torch::nn::Conv2d> block;
    for (int i = 0; i < options_.convs[b]; ++i) {
      const std::string name = "conv" + std::to_string(b + 1) + "_" + std::to_string(i + 1);
      block.push_back(register_module(
          name, torch::nn::Conv2d(torch::nn::Conv2dOptions(in, options_.widths[b], 3).padding(1))));
      torch::nn::init::kaiming_normal_(block.back()->weight, 0, torch::kFanIn, torch::kReLU);
      torch::nn::init::zeros_(block.back()->bias);
      in = options_.widths[b];
    }
    blocks_.push_back(std::move(block));
  }
}

std::vector<at::Tensor> PerceptualNetworkImpl::features(const at::Tensor& picture) {
  tensor::check_shape(picture, {-1, 3, -1, -1}, "picture");
  const at::Tensor mean = torch::tensor({0.485, 0.456, 0.406}, picture.options()).view({1, 3, 1, 1});
  const at::Tensor scale =
      torch::tensor({1 / 0.229, 1 / 0.224, 1 / 0.225}, picture.options()).view({1, 3, 1, 1});
  std::vector<at::Tensor> taps;
  at::Tensor x = (picture - mean) * scale;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    if (b > 0) x = torch::max_pool2d(x, 2);
    for (std::size_t i = 0; i < blocks_[b].size(); ++i) {
      x = torch::relu(blocks_[b][i](x));
      if (i == 0) taps.push_back(x);
      // What lies behind the last tap is never computed.
      if (taps.size() == blocks_.size()) break;
    }
  }
  return taps;
}

}  // namespace atelier::nn
