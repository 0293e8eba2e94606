#include "atelier/losses/shift_consistency.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstdlib>

namespace atelier::losses {

at::Tensor ShiftConsistencyLoss::shifted(const at::Tensor& content, int dx, int dy) {
  const auto h = content.size(2), w = content.size(3);
  const int reach = std::max({std::abs(dx), std::abs(dy), 1});
  const at::Tensor wide = torch::nn::functional::pad(
      content, torch::nn::functional::PadFuncOptions({reach, reach, reach, reach}).mode(torch::kReplicate));
  return wide.narrow(2, reach - dy, h).narrow(3, reach - dx, w);
}

at::Tensor ShiftConsistencyLoss::operator()(const at::Tensor& painting, const at::Tensor& painting_of_shifted,
                                            int dx, int dy) const {
  const auto h = painting.size(2), w = painting.size(3);
  const std::int64_t inset_y = margin_ + std::abs(dy), inset_x = margin_ + std::abs(dx);
  const auto window = [&](const at::Tensor& t, int sx, int sy) {
    return t.narrow(2, inset_y + sy, h - 2 * inset_y).narrow(3, inset_x + sx, w - 2 * inset_x);
  };
  return (window(painting, 0, 0) - window(painting_of_shifted, dx, dy)).square().mean();
}

}  // namespace atelier::losses
