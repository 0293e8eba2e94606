#include "atelier/training/detail/dead_channels.h"

#include <torch/torch.h>

namespace atelier::training {

void DeadChannels::observe(const std::vector<at::Tensor>& parameters) {
  const torch::NoGradGuard no_grad;
  std::size_t index = 0;
  for (const at::Tensor& parameter : parameters) {
    if (parameter.dim() != 4) continue;
    if (index == silent_.size()) silent_.push_back(torch::zeros({parameter.size(0)}, torch::kInt));
    at::Tensor& silent = silent_[index++];
    const at::Tensor& gradient = parameter.grad();
    const at::Tensor reached = gradient.defined() ? gradient.flatten(1).abs().amax(1).gt(0).cpu()
                                                  : torch::zeros({parameter.size(0)}, torch::kBool);
    silent = (silent + 1).masked_fill(reached, 0);
  }
}

int DeadChannels::channels() const {
  std::int64_t count = 0;
  for (const at::Tensor& silent : silent_) count += silent.size(0);
  return static_cast<int>(count);
}

int DeadChannels::dead() const {
  std::int64_t count = 0;
  for (const at::Tensor& silent : silent_) count += silent.ge(kSilent).sum().item<std::int64_t>();
  return static_cast<int>(count);
}

}  // namespace atelier::training
