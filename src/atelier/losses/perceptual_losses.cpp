#include "atelier/losses/perceptual_losses.h"

#include <torch/torch.h>

namespace atelier::losses {
namespace {

at::Tensor standardise(const at::Tensor& tap) {
  const auto n = tap.size(0), c = tap.size(1);
  return torch::instance_norm(tap.reshape({1, n * c, tap.size(2), tap.size(3)}), {}, {}, {}, {}, true, 0.0,
                              1e-3, false)
      .view(tap.sizes());
}

}  // namespace

at::Tensor ContentLoss::operator()(const at::Tensor& y, const at::Tensor& c,
                                   const at::Tensor& sample_weight) const {
  at::Tensor miss;
  if (standardised) {
    miss = (standardise(y) - standardise(c)).square().view({y.size(0), -1}).mean(1);
  } else {
    const at::Tensor spread = c.flatten(1).var(1, /*unbiased=*/false) + 1e-6;
    miss = (y - c).square().view({y.size(0), -1}).mean(1) / spread;
  }
  return (sample_weight.defined() ? miss * sample_weight : miss).mean();
}

at::Tensor MomentLoss::operator()(const std::vector<nn::LayerStatistics>& y,
                                  const std::vector<nn::LayerStatistics>& s) const {
  at::Tensor total;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const at::Tensor energy = s[i].mean.square().sum(1) + s[i].std.square().sum(1) + 1e-6;
    const at::Tensor miss = (y[i].mean - s[i].mean).square().sum(1) + (y[i].std - s[i].std).square().sum(1);
    const at::Tensor layer = (miss / energy).mean();
    total = total.defined() ? total + layer : layer;
  }
  return total;
}

at::Tensor GramLoss::operator()(const std::vector<nn::LayerStatistics>& y,
                                const std::vector<nn::LayerStatistics>& s) const {
  at::Tensor total;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const at::Tensor energy = s[i].gram.square().sum({1, 2}) + 1e-8;
    const at::Tensor layer = ((y[i].gram - s[i].gram).square().sum({1, 2}) / energy).mean();
    total = total.defined() ? total + layer : layer;
  }
  return total;
}

at::Tensor SlicedWassersteinLoss::directions(int count, std::int64_t channels, std::uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(seed);
  const at::Tensor d = torch::randn({count, channels}, generator);
  return d / d.norm(2, 1, true);
}

at::Tensor SlicedWassersteinLoss::quantiles(const at::Tensor& tap, const at::Tensor& directions) const {
  const at::Tensor projected = torch::matmul(directions.to(tap.device()), tap.flatten(2));
  const at::Tensor sorted = std::get<0>(projected.sort(2));
  const auto count = sorted.size(2);
  const at::Tensor pick =
      torch::linspace(0, static_cast<double>(count - 1), quantiles_, tap.options()).round().to(torch::kLong);
  return sorted.index_select(2, pick);
}

at::Tensor SlicedWassersteinLoss::operator()(const at::Tensor& y_quantiles,
                                             const at::Tensor& s_quantiles) const {
  const at::Tensor spread = s_quantiles.var({1, 2}, false) + 1e-6;
  return ((y_quantiles - s_quantiles).square().mean({1, 2}) / spread).mean();
}

at::Tensor CodeConsistencyLoss::operator()(const at::Tensor& code_of_painting, const at::Tensor& code) const {
  return ((code_of_painting - code).square().sum(1) / (code.square().sum(1) + 1e-6)).mean();
}

}  // namespace atelier::losses
