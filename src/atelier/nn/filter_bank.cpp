#include "atelier/nn/filter_bank.h"

#include <torch/torch.h>

#include <cmath>

namespace atelier::nn {
namespace {

constexpr double kMiddleGrey = 0.5;
constexpr double kStepGain = 4;  // neighbours differ by about a quarter of what levels do

// Orthonormal cosine vectors of length three, as rows: constant, slope, curvature.
at::Tensor cosines() {
  const double third = 1 / std::sqrt(3.0), half = 1 / std::sqrt(2.0), sixth = 1 / std::sqrt(6.0);
  return torch::tensor({third, third, third, half, 0.0, -half, sixth, -2 * sixth, sixth}, torch::kFloat)
      .view({3, 3});
}

}  // namespace

FilterBank::FilterBank() {
  const at::Tensor basis = cosines();
  // [colour pattern, vertical, horizontal, channel, y, x]
  at::Tensor filters = torch::einsum("ac,by,dx->abdcyx", {basis, basis, basis}) / 3;
  at::Tensor gain = torch::full({3, 3, 3}, kStepGain);
  gain.select(1, 0).select(1, 0).fill_(1);
  filters_ = (filters * gain.view({3, 3, 3, 1, 1, 1})).reshape({27, 3, 3, 3}).contiguous();
}

std::vector<at::Tensor> FilterBank::features(const at::Tensor& picture) {
  const at::Tensor filters = filters_.to(picture.device());
  std::vector<at::Tensor> taps;
  at::Tensor x = picture - kMiddleGrey;
  for (int scale = 0; scale < kScales; ++scale) {
    if (scale > 0) x = torch::avg_pool2d(x, 2);
    const at::Tensor seen = torch::conv2d(x, filters);
    taps.push_back(torch::cat({torch::relu(seen), torch::relu(-seen)}, 1));
  }
  return taps;
}

}  // namespace atelier::nn
