#include "atelier/nn/feature_discriminator.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/options_json.h"
#include "atelier/tensor/shapes.h"

namespace atelier::nn {
namespace {

constexpr double kLeast = 0.01;  // length, of the tap's mean, below which a place counts as empty

/// [N, C, h, w] -> [N, C + 1, h, w]: directions of length sqrt(C) / 2, and log lengths.
torch::Tensor direction_and_length(const torch::Tensor& tap) {
  const torch::Tensor length = (tap.square().sum(1, /*keepdim=*/true) + 1e-12).sqrt();
  const torch::Tensor relative = length / (length.mean({1, 2, 3}, /*keepdim=*/true) + 1e-6) + kLeast;
  const double side = 0.5 * std::sqrt(static_cast<double>(tap.size(1)));
  return torch::cat({tap / length * (relative / (relative + 10 * kLeast)) * side, relative.log()}, 1);
}

}  // namespace

void FeatureDiscriminatorOptions::validate() const {
  if (channels.empty() || std::any_of(channels.begin(), channels.end(), [](auto c) { return c < 1; }))
    throw_bad_option("feature_discriminator", "channels", "must name at least one tap, each above 0");
  if (width < 1 || width > 512) throw_bad_option("feature_discriminator", "width", "must lie in 1..512");
  if (code_dim < 1) throw_bad_option("feature_discriminator", "code_dim", "must be positive");
}

FeatureDiscriminatorImpl::FeatureDiscriminatorImpl(const FeatureDiscriminatorOptions& options)
    : options_(options) {
  options_.validate();
  const int w = options_.width;
  for (std::size_t t = 0; t < options_.channels.size(); ++t) {
    heads_.push_back(register_module(
        "tap" + std::to_string(t),
        PatchHead(static_cast<int>(options_.channels[t]) + 1,
                  std::vector<PatchHeadImpl::Layer>{{w, 1, 1, 0}, {2 * w, 3, 2, 1}, {2 * w, 3, 2, 1}},
                  options_.code_dim)));
  }
}

std::vector<torch::Tensor> FeatureDiscriminatorImpl::forward(const std::vector<torch::Tensor>& taps,
                                                             const torch::Tensor& code) {
  TORCH_CHECK(taps.size() == heads_.size(), "taps: ", taps.size(), " where ", heads_.size(), " are expected");
  std::vector<torch::Tensor> logits;
  for (std::size_t t = 0; t < taps.size(); ++t) {
    tensor::check_shape(taps[t], {-1, options_.channels[t], -1, -1}, "tap");
    tensor::check_shape(code, {taps[t].size(0), options_.code_dim}, "code");
    logits.push_back(heads_[t](direction_and_length(taps[t]), code));
  }
  return logits;
}

}  // namespace atelier::nn
