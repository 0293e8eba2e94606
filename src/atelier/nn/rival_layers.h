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

/// Gives a network the values read for it, one to one. Error BadData "model.tensors" names the first that is
/// not the network's or has another shape, or else the first that is missing; `where`: file or folder.
void take_values(tensor::TensorMap& tensors, const tensor::TensorMap& values, const std::string& where,
                 const std::string& network);

}  // namespace atelier::nn
