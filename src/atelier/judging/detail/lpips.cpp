#include "atelier/judging/detail/lpips.h"

#include <torch/torch.h>

#include <cmath>

#include "atelier/core/error.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::judging::detail {
namespace {

at::Tensor unit(const at::Tensor& tap) {
  return tap / (tap.square().sum(1, true).sqrt() + 1e-10);
}

}  // namespace

Lpips::Lpips(const std::string& kind, const std::filesystem::path& network,
             const std::filesystem::path& linear)
    : network_(nn::load_reference_network(kind, network)) {
  const tensor::TensorMap weights = tensor::to_tensors(weights::SafetensorsFile::read(linear));
  for (int layer = 0;; ++layer) {
    const auto found = weights.find("lin" + std::to_string(layer) + ".model.1.weight");
    if (found == weights.end()) break;
    root_weights_.push_back(found->second.clamp_min(0).sqrt().view({1, -1, 1, 1}));
  }
  const std::vector<at::Tensor> taps = network_->features(torch::zeros({1, 3, 64, 64}));
  bool fits = taps.size() == root_weights_.size();
  for (std::size_t i = 0; fits && i < taps.size(); ++i) fits = taps[i].size(1) == root_weights_[i].size(1);
  if (!fits) {
    throw Error(ErrorCode::BadData, "model.tensors",
                printable(linear.string()) + ": these are no linear layers of LPIPS for " + kind);
  }
}

std::vector<at::Tensor> Lpips::taps(const at::Tensor& picture) const {
  return network_->features(picture);
}

std::vector<at::Tensor> Lpips::features(std::vector<at::Tensor> taps) const {
  for (std::size_t i = 0; i < taps.size(); ++i) taps[i] = unit(taps[i]) * root_weights_[i];
  return taps;
}

double Lpips::distance(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += (a[i] - b[i]).square().sum(1).mean().item<double>();
  return total;
}

std::vector<at::Tensor> unit_features(const std::vector<at::Tensor>& taps) {
  std::vector<at::Tensor> features;
  for (const at::Tensor& tap : taps)
    features.push_back(unit(tap) / std::sqrt(static_cast<double>(tap.size(1))));
  return features;
}

}  // namespace atelier::judging::detail
