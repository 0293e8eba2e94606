#include "atelier/judging/detail/style_distances.h"

#include <torch/torch.h>

#include <cmath>

#include "atelier/losses/perceptual_losses.h"

namespace atelier::judging::detail {
namespace {

constexpr std::uint64_t kDirectionSeed = 20220;

// At most kPositions columns of [1, C, h, w], on an even grid: rows and columns keep their distances.
at::Tensor spread_positions(const at::Tensor& tap) {
  const double all = static_cast<double>(tap.size(2) * tap.size(3));
  const auto step = static_cast<std::int64_t>(std::ceil(std::sqrt(all / SlicedWasserstein::kPositions)));
  return tap.slice(2, 0, tap.size(2), step).slice(3, 0, tap.size(3), step);
}

}  // namespace

at::Tensor SlicedWasserstein::quantiles(const at::Tensor& tap, std::size_t layer) {
  const losses::SlicedWassersteinLoss sliced(kQuantiles);
  const at::Tensor directions =
      losses::SlicedWassersteinLoss::directions(kDirections, tap.size(1), kDirectionSeed + layer);
  return sliced.quantiles(spread_positions(tap), directions);
}

double SlicedWasserstein::operator()(const StyleFeatures& painting, const StyleFeatures& style) const {
  const losses::SlicedWassersteinLoss sliced(kQuantiles);
  double total = 0;
  for (std::size_t i = 0; i < style.quantiles.size(); ++i)
    total += sliced(painting.quantiles[i], style.quantiles[i]).item<double>();
  return total;
}

double GramDistance::operator()(const StyleFeatures& painting, const StyleFeatures& style) const {
  return losses::GramLoss()(painting.layers, style.layers).item<double>();
}

double MomentDistance::operator()(const StyleFeatures& painting, const StyleFeatures& style) const {
  return losses::MomentLoss()(painting.layers, style.layers).item<double>();
}

void add_layer(StyleFeatures& features, const at::Tensor& tap) {
  features.quantiles.push_back(SlicedWasserstein::quantiles(tap, features.layers.size()));
  features.layers.push_back(nn::layer_statistics({tap}).front());
}

StyleFeatures style_features(const std::vector<at::Tensor>& taps) {
  StyleFeatures features;
  for (const at::Tensor& tap : taps) add_layer(features, tap);
  return features;
}

std::size_t rank_of_style(const StyleFeatures& painting, const std::vector<const StyleFeatures*>& styles,
                          std::size_t asked) {
  const GramDistance gram;
  const double wanted = gram(painting, *styles[asked]);
  std::size_t rank = 1;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    if (i != asked && gram(painting, *styles[i]) <= wanted) ++rank;
  }
  return rank;
}

}  // namespace atelier::judging::detail
