#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace atelier::losses {

/// R1 (Mescheder et al. 2018): gamma / 2 * E ||dD(x)/dx||^2 on real pictures; computed lazily every few steps
/// and multiplied by that interval (Karras et al. 2020).
struct GradientPenalty {
  double gamma = 0.8;

  /// logits: D's maps for `pictures`, which must require gradients. Differentiable in D's weights.
  at::Tensor operator()(const std::vector<at::Tensor>& logits, const at::Tensor& pictures) const;
};

}  // namespace atelier::losses
