#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "atelier/tensor/image_tensor.h"
#include "support/synthetic_photo.h"

namespace atelier::test {

/// Same shape, and no value further than `tolerance` from the expected one; NaN is never near.
inline ::testing::AssertionResult tensors_near(const at::Tensor& actual, const at::Tensor& expected,
                                               double tolerance) {
  std::ostringstream why;
  if (actual.sizes() != expected.sizes()) {
    why << "shape " << actual.sizes() << " instead of " << expected.sizes();
    return ::testing::AssertionFailure() << why.str();
  }
  const at::Tensor miss = (actual.detach().to(torch::kDouble) - expected.detach().to(torch::kDouble)).abs();
  const double worst = miss.numel() == 0 ? 0 : miss.max().item<double>();
  if (worst <= tolerance) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "values differ by up to " << worst << ", allowed " << tolerance;
}

/// Bit for bit.
inline ::testing::AssertionResult tensors_equal(const at::Tensor& actual, const at::Tensor& expected) {
  return tensors_near(actual, expected, 0);
}

inline std::vector<std::int64_t> shape(const at::Tensor& t) {
  return t.sizes().vec();
}

/// A made-up landscape as [1, 3, height, width] float in [0,1].
inline at::Tensor photo_tensor(int width, int height, unsigned seed) {
  return tensor::to_tensor(synthetic_photo(width, height, seed));
}

/// Normal noise on every parameter, so that nothing is tested at the special point where it starts.
inline void shake(torch::nn::Module& module, double amount = 0.05) {
  torch::NoGradGuard no_grad;
  for (at::Tensor& p : module.parameters()) p.add_(torch::randn_like(p), amount);
}

}  // namespace atelier::test
