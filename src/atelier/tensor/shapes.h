#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>

namespace atelier::tensor {

/// Throws Error Internal "tensor.shape" unless `t` has this shape; -1 matches any size. `what` names the
/// argument.
void check_shape(const at::Tensor& t, std::initializer_list<std::int64_t> shape, const char* what);

}  // namespace atelier::tensor
