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
  std::vector<at::Tensor> wanted;
  StyleLook look;
  {
    const torch::NoGradGuard no_grad;
    wanted = phi_->features(teachers);
    look = styles_.look_at(teachers, wanted);
  }
  const std::vector<at::Tensor> taps = phi_->features(paintings);
  const losses::ContentLoss difference{.standardised = false};
  at::Tensor features;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const at::Tensor tap = difference(taps[i], wanted[i]);
    features = features.defined() ? features + tap : tap;
  }
  return {(paintings - teachers).abs().mean(), features, styles_.loss(paintings, taps, look)};
}

}  // namespace atelier::training
