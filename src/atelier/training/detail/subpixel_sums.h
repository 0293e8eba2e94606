#pragma once

#include <ATen/core/Tensor.h>

namespace atelier::training {

/// Gives the four sub-pixel filters of each colour, by the smallest change that does it, equal biases and
/// equal sums per input channel along every row and every column that neighbours share; in place. A short
/// training leaves filters that differ a little, which draws a line of period 2: on flat ground, unless their
/// whole sums agree, and along horizontal and vertical edges, unless the sums along the edge do.
/// weight: [12, C, k, k], bias: [12], of out.conv.
void equalise_subpixel_sums(at::Tensor weight, at::Tensor bias);

}  // namespace atelier::training
