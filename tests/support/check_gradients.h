#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

namespace atelier::test {

/// Compares the gradient of value() in `leaves` (double, requiring gradients) with central differences along
/// the gradient itself, where the slope must be its length, and along random directions. value() reads the
/// leaves and returns a scalar; it must give the same number each time.
template <typename Value>
::testing::AssertionResult gradients_match(Value value, std::vector<at::Tensor> leaves,
                                           double tolerance = 1e-5) {
  constexpr double kStep = 1e-6;
  constexpr int kRandomDirections = 3;
  const at::Tensor start = value();
  const double noise = 1e-8 * (1 + std::abs(start.template item<double>()));
  const std::vector<at::Tensor> gradients = torch::autograd::grad({start}, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    at::Tensor& leaf = leaves[i];
    const double length = gradients[i].norm().template item<double>();
    if (!(length > 0) || !std::isfinite(length)) {
      return ::testing::AssertionFailure() << "leaf " << i << " has a gradient of length " << length;
    }
    for (int d = 0; d <= kRandomDirections; ++d) {
      at::Tensor direction = d == 0 ? gradients[i].clone() : torch::randn_like(leaf);
      direction = (direction / direction.norm()).detach();
      const auto moved = [&](double by) {
        torch::NoGradGuard no_grad;
        leaf.add_(direction, by);
      };
      moved(kStep);
      const double up = value().template item<double>();
      moved(-2 * kStep);
      const double down = value().template item<double>();
      moved(kStep);
      const double measured = (up - down) / (2 * kStep);
      const double expected = (gradients[i] * direction).sum().template item<double>();
      const double scale = std::abs(expected) + length / std::sqrt(static_cast<double>(leaf.numel()));
      if (!(std::abs(measured - expected) <= tolerance * scale + noise)) {
        return ::testing::AssertionFailure() << "leaf " << i << ", direction " << d << ": slope " << measured
                                             << ", gradient says " << expected;
      }
    }
  }
  return ::testing::AssertionSuccess();
}

/// The same for every parameter of a module.
template <typename Value>
::testing::AssertionResult parameter_gradients_match(Value value, torch::nn::Module& module,
                                                     double tolerance = 1e-5) {
  return gradients_match(value, module.parameters(), tolerance);
}

}  // namespace atelier::test
