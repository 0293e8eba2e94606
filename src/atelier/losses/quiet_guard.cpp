#include "atelier/losses/quiet_guard.h"

#include <torch/torch.h>

#include "atelier/nn/style_statistics.h"

namespace atelier::losses {
namespace {

constexpr int kSurroundings = 17;      // pixels; odd
constexpr double kEven = 0.012;        // a photo's sky with its grain stays below
constexpr double kLeastLevel = 0.004;  // one of 255 levels: flat
constexpr double kQuietShare = 0.25;

}  // namespace

at::Tensor QuietGuard::busyness(const at::Tensor& pictures) {
  const at::Tensor grey = nn::luma(pictures);
  const at::Tensor around = torch::avg_pool2d(grey, kSurroundings, 1, kSurroundings / 2, /*ceil_mode=*/false,
                                              /*count_include_pad=*/false);
  // The small number keeps the root's slope finite in cells of one colour.
  return torch::sqrt(torch::avg_pool2d((grey - around).square(), kCell).flatten(1) + 1e-7);
}

at::Tensor QuietGuard::level(const at::Tensor& styles) {
  return torch::quantile(busyness(styles), kQuietShare, 1);
}

at::Tensor QuietGuard::operator()(const at::Tensor& paintings, const at::Tensor& photos,
                                  const at::Tensor& level) const {
  const at::Tensor even = torch::exp(-(busyness(photos) / kEven).square());
  return (even * torch::relu(busyness(paintings) / (level.unsqueeze(1) + kLeastLevel) - 1)).mean();
}

}  // namespace atelier::losses
