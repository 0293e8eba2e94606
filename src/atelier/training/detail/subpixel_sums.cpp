#include "atelier/training/detail/subpixel_sums.h"

#include <torch/torch.h>

namespace atelier::training {
namespace {

// Filters of neighbours along `phase` get the same sums along `taps`, each half of what they differ by.
void equalise(const at::Tensor& filters, std::int64_t phase, std::int64_t taps) {
  const at::Tensor first = filters.select(phase, 0), second = filters.select(phase, 1);
  const at::Tensor step = (first - second).mean(taps, /*keepdim=*/true) / 2;
  first.sub_(step);
  second.add_(step);
}

}  // namespace

void equalise_subpixel_sums(at::Tensor weight, at::Tensor bias) {
  const torch::NoGradGuard no_grad;
  const auto colours = weight.size(0) / 4, in = weight.size(1), side = weight.size(2);
  // The second leaves equal what the first has made so, for the whole sums agree by then.
  const at::Tensor filters = weight.view({colours, 2, 2, in, side, side});
  equalise(filters, 2, -1);
  equalise(filters, 1, -2);
  const at::Tensor levels = bias.view({colours, 4});
  levels.copy_(levels.mean(1, /*keepdim=*/true).expand_as(levels));
}

}  // namespace atelier::training
