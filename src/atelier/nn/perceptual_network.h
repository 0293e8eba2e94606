#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/pimpl.h>

#include "atelier/model/architecture.h"
#include "atelier/nn/feature_network.h"

namespace atelier::nn {

/// phi: our own narrow network of VGG-19's shape with taps relu1_1, relu2_1, relu3_1, relu4_1. Layers and
/// tensor names: PerceptualOptions in model/architecture.h.
class PerceptualNetworkImpl : public torch::nn::Module, public FeatureNetwork {
 public:
  explicit PerceptualNetworkImpl(const PerceptualOptions& options);
  std::vector<at::Tensor> features(const at::Tensor& picture) override;
  const PerceptualOptions& options() const { return options_; }

 private:
  PerceptualOptions options_;
  std::vector<std::vector<torch::nn::Conv2d>> blocks_;
};
TORCH_MODULE(PerceptualNetwork);

}  // namespace atelier::nn
