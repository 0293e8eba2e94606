#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "atelier/tensor/tensor_file.h"

namespace atelier::nn {

/// The layers of which rivals are built, on tensors by name.

/// A convolution with random weights (He et al. 2015) and biases of zero: NAME.weight [out, in / groups, k,
/// k] and NAME.bias.
void add_convolution(tensor::TensorMap& tensors, const std::string& name,
                     const std::vector<std::int64_t>& shape);

/// That convolution of x, reflected at the borders so that the size stays (at stride 1).
at::Tensor convolve(const tensor::TensorMap& tensors, const std::string& name, const at::Tensor& x,
                    int stride = 1);

}  // namespace atelier::nn
