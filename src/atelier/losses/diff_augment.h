#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace atelier::losses {

/// Differentiable augmentation of what the discriminator sees, real and painted alike (Zhao et al. 2020):
/// translation up to 1/8, brightness +-0.2, contrast 0.7 to 1.3. No saturation and no cut-out: colour is
/// style, patches are local. pictures: [N, 3, H, W]. `strength` 0 leaves them as they are, 1 is the full
/// range.
at::Tensor diff_augment(const at::Tensor& pictures, double strength, at::Generator generator);

}  // namespace atelier::losses
