#pragma once

#include <ATen/Functions.h>

#include <span>

namespace atelier::tensor {

/// A view [channels, height, width] of values that lie as [height, width, channels], without a copy: to be
/// read only, and gone when the values are.
inline at::Tensor borrow_planes(std::span<const float> values, int height, int width, int channels) {
  // from_blob wants a pointer it could write to; nobody does.
  auto* const first = const_cast<float*>(values.data());
  return at::from_blob(first, {height, width, channels}).permute({2, 0, 1});
}

}  // namespace atelier::tensor
