#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <vector>

namespace atelier::training {

/// Adaptive discriminator augmentation (Karras et al. 2020, "Training generative adversarial networks with
/// limited data"): of few works a discriminator learns each by heart. It shows itself as real pictures it is
/// ever surer of, so that everything it is shown, real and painted alike, is altered with a probability p
/// that follows
///   r = E[sign D(x)]:  p grows while r is above 0.6 and shrinks while it is below.
/// Alterations: mirroring, quarter turns, zooming in up to 4/3, and losses::diff_augment. Hue and saturation
/// stay: colour is style. p stays below 0.8, where a generator does not learn the alterations themselves
/// (section 2.2).
class AdaptiveAugmentation {
 public:
  static constexpr double kTarget = 0.6, kMost = 0.8;

  /// Moves p after a game; `real`: logits of real pictures, every scale.
  void follow(const std::vector<at::Tensor>& real);
  double probability() const { return probability_; }

  /// pictures: [N, 3, S, S], each altered on its own. Differentiable.
  at::Tensor operator()(const at::Tensor& pictures, at::Generator generator) const;

 private:
  double probability_ = 0, sign_ = 0;
};

}  // namespace atelier::training
