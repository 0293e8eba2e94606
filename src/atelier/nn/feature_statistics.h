#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace atelier::nn {

/// What a picture's style is, as numbers of one tapped layer. Pictures may have different sizes, statistics
/// compare.
struct LayerStatistics {
  at::Tensor mean;  ///< [N, C] over H x W
  at::Tensor std;   ///< [N, C], sqrt(biased variance + 1e-8)
  at::Tensor gram;  ///< [N, C, C], F F^T / (H W) (Gatys et al. 2016)
};

/// Statistics of every tap; each tap [N, C, H, W].
std::vector<LayerStatistics> layer_statistics(const std::vector<at::Tensor>& taps);

/// Rows `index` of the batch.
std::vector<LayerStatistics> select(const std::vector<LayerStatistics>& statistics, std::int64_t index);
/// One batch from single rows.
std::vector<LayerStatistics> stack(const std::vector<std::vector<LayerStatistics>>& rows);
/// (1 - t) a + t b, per row; t: [N].
std::vector<LayerStatistics> mix(const std::vector<LayerStatistics>& a, const std::vector<LayerStatistics>& b,
                                 const at::Tensor& t);

}  // namespace atelier::nn
