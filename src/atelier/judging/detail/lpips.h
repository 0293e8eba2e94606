#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "atelier/nn/feature_network.h"

namespace atelier::judging::detail {

/// Learned perceptual distance (Zhang et al. 2018, v0.1): sum over layers of the mean over the picture of
///   sum_c w_c (a_c - b_c)^2,  a and b divided by their length over channels (+ 1e-10).
class Lpips {
 public:
  /// `kind`: "alexnet" or "squeezenet"; `network`, `linear`: safetensors files. Errors of
  /// load_reference_network.
  Lpips(const std::string& kind, const std::filesystem::path& network, const std::filesystem::path& linear);

  /// The network's taps of a picture [1, 3, H, W] in [0,1].
  std::vector<at::Tensor> taps(const at::Tensor& picture) const;
  /// Taps of unit length over channels times sqrt(w), so that the distance is a plain difference.
  std::vector<at::Tensor> features(std::vector<at::Tensor> taps) const;

  static double distance(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b);

 private:
  std::unique_ptr<nn::FeatureNetwork> network_;
  std::vector<at::Tensor> root_weights_;  // [1, C, 1, 1] a layer
};

/// The taps with unit length over channels; what Lpips::distance of them gives with every weight 1 / C, here
/// folded in, is called PD and is not LPIPS.
std::vector<at::Tensor> unit_features(const std::vector<at::Tensor>& taps);

}  // namespace atelier::judging::detail
