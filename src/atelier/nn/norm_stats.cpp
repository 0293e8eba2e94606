#include "atelier/nn/norm_stats.h"

#include <torch/torch.h>

#include "atelier/core/error.h"

namespace atelier::nn {
namespace {

struct Normalised {
  at::Tensor output, mean, std;
};

// One fused batch-norm over the N*C planes is several times cheaper than mean, var and arithmetic one by one.
Normalised normalise_live(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const auto n = x.size(0), c = x.size(1);
  const at::Tensor w = weight.expand({n, c}).reshape({n * c});
  const at::Tensor b = bias.expand({n, c}).reshape({n * c});
  auto [y, mean, inverse_std] =
      at::native_batch_norm(x.reshape({1, n * c, x.size(2), x.size(3)}), w, b, {}, {},
                            /*training=*/true, /*momentum=*/0.0, kNormEpsilon);
  return {y.view(x.sizes()), mean, inverse_std};
}

}  // namespace

NormStats::Site::Affine NormStats::Site::affine(const at::Tensor& weight, const at::Tensor& bias) const {
  const at::Tensor scale = weight / std;
  return {scale, bias - mean * scale};
}

at::Tensor NormStats::normalise(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const std::size_t site = next_++;
  if (policy_ == Policy::Live) return normalise_live(x, weight, bias).output;
  if (policy_ != Policy::Frozen) {
    if (x.size(0) != 1)
      throw Error(ErrorCode::Internal, "norm.batch", "statistics are collected from one picture at a time");
    Normalised live = normalise_live(x, weight, bias);
    Site measured{live.mean.detach(), live.std.detach().reciprocal()};
    if (site >= sites_.size()) {
      sites_.push_back(measured);
    } else if (policy_ == Policy::Collect) {
      sites_[site] = measured;
    } else {
      sites_[site].mean = sites_[site].mean * decay_ + measured.mean * (1 - decay_);
      sites_[site].std = sites_[site].std * decay_ + measured.std * (1 - decay_);
    }
    if (policy_ == Policy::Collect) return live.output;
  }
  if (site >= sites_.size())
    throw Error(ErrorCode::Internal, "norm.empty", "frozen statistics asked for, none collected");
  const auto [scale, shift] = sites_[site].affine(weight, bias);
  const auto planes = [&](const at::Tensor& t) {
    return t.dim() == 1 ? t.view({1, -1, 1, 1}) : t.view({t.size(0), -1, 1, 1});
  };
  return x * planes(scale) + planes(shift);
}

}  // namespace atelier::nn
