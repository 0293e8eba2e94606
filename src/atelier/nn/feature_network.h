#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace atelier::nn {

/// A network whose inner layers measure pictures. Frozen where it serves as a loss; gradients flow to its
/// input.
class FeatureNetwork {
 public:
  virtual ~FeatureNetwork() = default;
  /// picture: [N, 3, H, W] RGB in [0,1]. Returns the tapped layers, finest first, each [N, C, h, w].
  virtual std::vector<at::Tensor> features(const at::Tensor& picture) = 0;
};

}  // namespace atelier::nn
