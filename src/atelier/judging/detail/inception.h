#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "atelier/tensor/tensor_file.h"

namespace atelier::judging::detail {

/// Inception-v3 of 2015-12-05 with batch norm folded (Szegedy et al. 2016; the network of FID), computed up
/// to mixed_7, its last 17 x 17 block: 768 numbers, averaged over the picture. Published FIDs use the 2048 of
/// pool3, which these are not.
class Inception {
 public:
  /// Error NoInput when the file is missing, BadData when tensors are missing.
  explicit Inception(const std::filesystem::path& file);

  /// picture: [N, 3, H, W] RGB in [0,1], any size; scaled bilinearly to 299 x 299 (corners not aligned), 2x
  /// - 1. Returns [N, 768].
  at::Tensor features(const at::Tensor& picture) const;

 private:
  /// ReLU(convolution); `same`: padded so that the size stays.
  at::Tensor conv(const at::Tensor& x, const std::string& name, int stride = 1, bool same = true) const;
  at::Tensor tower(at::Tensor x, const std::string& name, int convolutions) const;
  at::Tensor mixed_35(const at::Tensor& x, const std::string& name) const;
  at::Tensor mixed_17(const at::Tensor& x, const std::string& name) const;

  std::string file_;
  tensor::TensorMap tensors_;
};

}  // namespace atelier::judging::detail
