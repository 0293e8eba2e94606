#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace atelier::training {

/// Counts filters that no gradient reaches: behind one whose output never passes its ReLU, the gradient of
/// every weight is exactly 0 in every step.
class DeadChannels {
 public:
  /// Looks at the gradients of a network's parameters after a backward pass; only weights of convolutions
  /// [out, in, kh, kw] count. Always the same list.
  void observe(const std::vector<at::Tensor>& parameters);

  int channels() const;  ///< filters looked at
  int dead() const;      ///< without any gradient in the last kSilent looks

  static constexpr int kSilent = 8;

 private:
  std::vector<at::Tensor> silent_;  ///< for each convolution [out]: looks in a row without gradient
};

}  // namespace atelier::training
