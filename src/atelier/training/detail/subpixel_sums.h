#pragma once

#include <ATen/core/Tensor.h>

namespace atelier::training {

/// Gives the four sub-pixel filters of each colour equal sums per input channel, by the smallest change that
/// does it, and equal biases; in place. On flat ground they then agree exactly: a short training leaves a
/// 2-pixel checkerboard there that the eye sees in skies. weight: [12, C, k, k], bias: [12], of out.conv.
void equalise_subpixel_sums(at::Tensor weight, at::Tensor bias);

}  // namespace atelier::training
