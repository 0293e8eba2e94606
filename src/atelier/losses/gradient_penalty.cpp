#include "atelier/losses/gradient_penalty.h"

#include <torch/torch.h>

namespace atelier::losses {

at::Tensor GradientPenalty::operator()(const std::vector<at::Tensor>& logits,
                                       const at::Tensor& pictures) const {
  at::Tensor score;
  for (const at::Tensor& map : logits) {
    const at::Tensor mean = map.mean({1, 2, 3}).sum();
    score = score.defined() ? score + mean : mean;
  }
  const at::Tensor gradient =
      torch::autograd::grad({score}, {pictures}, {}, /*retain_graph=*/true, /*create_graph=*/true)[0];
  return gradient.square().sum({1, 2, 3}).mean() * (gamma / 2);
}

}  // namespace atelier::losses
