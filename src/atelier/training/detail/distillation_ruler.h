#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

#include "atelier/nn/perceptual_network.h"
#include "atelier/training/detail/tuning_ruler.h"

namespace atelier::training {

/// How far a student's paintings are from its teacher's, every part dimensionless and 0 for equal ones.
struct PaintingDistance {
  at::Tensor pixels;    ///< mean |y - t|
  at::Tensor features;  ///< sum over phi's taps of |F(y) - F(t)|^2 / (n Var F(t))
  at::Tensor style;     ///< TuningRuler's loss: moments and correlations of the taps and of fixed filters

  at::Tensor total() const;  ///< what the student learns by
};

/// Measures paintings by the bundle's own perceptual network and the filters of a TuningRuler.
class DistillationRuler {
 public:
  explicit DistillationRuler(nn::PerceptualNetwork phi) : styles_(std::move(phi), {}) {}

  /// Both [N, 3, H, W]; gradients reach `paintings` alone.
  PaintingDistance distance(const at::Tensor& paintings, const at::Tensor& teachers);

 private:
  TuningRuler styles_;
};

}  // namespace atelier::training
