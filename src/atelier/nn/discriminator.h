#pragma once

#include <nlohmann/json_fwd.hpp>

#include "atelier/nn/patch_head.h"

namespace atelier::nn {

struct DiscriminatorOptions {
  int width = 32;  ///< channels of the first layer; the others have 2, 4 and 4 times as many
  int scales = 2;  ///< copies, each at half the size of the one before
  int code_dim = 128;

  void validate() const;
  bool operator==(const DiscriminatorOptions&) const = default;
};
void to_json(nlohmann::json& json, const DiscriminatorOptions& options);
void from_json(const nlohmann::json& json, DiscriminatorOptions& options);

/// Tells real art of a style from painted photos, patch by patch, at several scales (PatchGAN, Isola et al.
/// 2017) with spectral normalisation. One PatchHead a scale.
class DiscriminatorImpl : public torch::nn::Module {
 public:
  explicit DiscriminatorImpl(const DiscriminatorOptions& options);

  /// picture: [N, 3, H, W] RGB in [0,1], sides at least 32. code: [N, code_dim], taken without gradient.
  /// One map of logits [N, 1, h, w] per scale.
  std::vector<torch::Tensor> forward(const torch::Tensor& picture, const torch::Tensor& code);

 private:
  DiscriminatorOptions options_;
  std::vector<PatchHead> scales_;
};
TORCH_MODULE(Discriminator);

}  // namespace atelier::nn
