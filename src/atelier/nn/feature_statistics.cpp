#include "atelier/nn/feature_statistics.h"

#include <torch/torch.h>

namespace atelier::nn {

std::vector<LayerStatistics> layer_statistics(const std::vector<at::Tensor>& taps) {
  std::vector<LayerStatistics> result;
  result.reserve(taps.size());
  for (const at::Tensor& tap : taps) {
    const at::Tensor flat = tap.flatten(2);
    const at::Tensor gram = torch::bmm(flat, flat.transpose(1, 2)) / static_cast<double>(flat.size(2));
    const at::Tensor mean = flat.mean(2);
    // The Gram diagonal is E[x^2], so the variance costs no second pass over the features.
    const at::Tensor variance = (gram.diagonal(0, 1, 2) - mean * mean).clamp_min(0);
    result.push_back({mean, torch::sqrt(variance + 1e-8), gram});
  }
  return result;
}

std::vector<LayerStatistics> select(const std::vector<LayerStatistics>& statistics, std::int64_t index) {
  std::vector<LayerStatistics> result;
  for (const LayerStatistics& layer : statistics) {
    result.push_back(
        {layer.mean.narrow(0, index, 1), layer.std.narrow(0, index, 1), layer.gram.narrow(0, index, 1)});
  }
  return result;
}

std::vector<LayerStatistics> stack(const std::vector<std::vector<LayerStatistics>>& rows) {
  std::vector<LayerStatistics> result;
  for (std::size_t layer = 0; layer < rows.front().size(); ++layer) {
    std::vector<at::Tensor> means, stds, grams;
    for (const auto& row : rows) {
      means.push_back(row[layer].mean);
      stds.push_back(row[layer].std);
      grams.push_back(row[layer].gram);
    }
    result.push_back({torch::cat(means), torch::cat(stds), torch::cat(grams)});
  }
  return result;
}

std::vector<LayerStatistics> mix(const std::vector<LayerStatistics>& a, const std::vector<LayerStatistics>& b,
                                 const at::Tensor& t) {
  std::vector<LayerStatistics> result;
  const at::Tensor row = t.view({-1, 1}), square = t.view({-1, 1, 1});
  for (std::size_t i = 0; i < a.size(); ++i) {
    result.push_back({torch::lerp(a[i].mean, b[i].mean, row), torch::lerp(a[i].std, b[i].std, row),
                      torch::lerp(a[i].gram, b[i].gram, square)});
  }
  return result;
}

}  // namespace atelier::nn
