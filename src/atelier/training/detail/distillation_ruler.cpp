#include "atelier/training/detail/distillation_ruler.h"

#include <torch/torch.h>

#include "atelier/losses/perceptual_losses.h"

namespace atelier::training {
namespace {

constexpr double kPixelWeight = 10;  // beside features and style, which come out between 0.1 and 1

}  // namespace

at::Tensor PaintingDistance::total() const {
  return pixels * kPixelWeight + features + style;
}

PaintingDistance DistillationRuler::distance(const at::Tensor& paintings, const at::Tensor& teachers) {
  TuningRuler::View wanted;
  StyleLook look;
  {
    const torch::NoGradGuard no_grad;
    wanted = styles_.view(teachers);
    look = styles_.look_of(wanted);
  }
  const TuningRuler::View seen = styles_.view(paintings);
  const losses::ContentLoss difference{.standardised = false};
  at::Tensor features;
  for (std::size_t i = 0; i < seen[0].size(); ++i) {
    const at::Tensor tap = difference(seen[0][i], wanted[0][i]);
    features = features.defined() ? features + tap : tap;
  }
  return {(paintings - teachers).abs().mean(), features, styles_.style_loss(seen, look)};
}

}  // namespace atelier::training
