#include "atelier/losses/diff_augment.h"

#include <torch/torch.h>

#include "atelier/losses/shift_consistency.h"

namespace atelier::losses {

at::Tensor diff_augment(const at::Tensor& pictures, double strength, at::Generator generator) {
  if (strength <= 0) return pictures;
  const auto n = pictures.size(0);
  const auto uniform = [&](double reach) {
    return ((torch::rand({n, 1, 1, 1}, generator) * 2 - 1) * (reach * strength)).to(pictures.device());
  };
  const at::Tensor mean = pictures.mean({1, 2, 3}, true);
  const at::Tensor levelled = (pictures - mean) * (1 + uniform(0.3)) + mean + uniform(0.2);
  // One translation for the batch: cheap, and over many steps the same as one a picture.
  const int reach = static_cast<int>(static_cast<double>(pictures.size(3)) / 8 * strength);
  const at::Tensor move = torch::randint(-reach, reach + 1, {2}, generator);
  return ShiftConsistencyLoss::shifted(levelled, move[0].item<int>(), move[1].item<int>());
}

}  // namespace atelier::losses
