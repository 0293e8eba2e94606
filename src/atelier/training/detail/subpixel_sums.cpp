#include "atelier/training/detail/subpixel_sums.h"

#include <torch/torch.h>

namespace atelier::training {

void equalise_subpixel_sums(at::Tensor weight, at::Tensor bias) {
  const torch::NoGradGuard no_grad;
  const auto colours = weight.size(0) / 4, in = weight.size(1), side = weight.size(2);
  const at::Tensor grouped = weight.view({colours, 4, in, side, side});
  const at::Tensor sums = grouped.sum({3, 4}, /*keepdim=*/true);
  grouped.add_((sums.mean(1, /*keepdim=*/true) - sums) / static_cast<double>(side * side));
  const at::Tensor levels = bias.view({colours, 4});
  levels.copy_(levels.mean(1, /*keepdim=*/true).expand_as(levels));
}

}  // namespace atelier::training
