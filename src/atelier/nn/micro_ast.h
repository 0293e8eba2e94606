#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>

#include "atelier/tensor/tensor_file.h"

namespace atelier::nn {

/// MicroAST (Wang et al., AAAI 2023), a rival: any style, 0.47 M numbers, its weights supplied by the user.
/// Plain ATen calls in fp32; immutable after construction.
class MicroAst {
 public:
  /// What the style picture contributes, computed once a style.
  struct Style {
    at::Tensor features[2], filter_weights[2], filter_biases[2];
  };

  /// `weights`: the folder of microast_{content_encoder,style_encoder,modulator,decoder}.safetensors; random
  /// weights without one, for measuring speed. Error NoInput when a file is missing, BadData when it holds
  /// other tensors.
  explicit MicroAst(const std::optional<std::filesystem::path>& weights);

  /// [1, 3, H, W] RGB in [0,1].
  Style encode(const at::Tensor& style) const;
  /// The content path: [1, 3, H, W] RGB in [0,1] -> [1, 3, H, W], not clamped; sides multiples of 4.
  at::Tensor operator()(const at::Tensor& content, const Style& style) const;

 private:
  tensor::TensorMap tensors_;
};

}  // namespace atelier::nn
