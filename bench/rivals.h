#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace atelier::bench {

/// The networks we measure ourselves against, as plain ATen calls in fp32, so that they run in the same
/// program, on the same picture. Immutable after construction.

/// fast-neural-style's TransformerNet (Johnson et al. 2016, in the form with instance normalisation): one
/// network a style. Its time does not depend on its weights, so they are random.
class TransformerNet {
 public:
  TransformerNet();
  /// [1, 3, H, W] -> [1, 3, H, W], sides multiples of 4.
  at::Tensor operator()(const at::Tensor& content) const;

 private:
  std::map<std::string, at::Tensor> tensors_;
};

/// MicroAST (Wang et al., AAAI 2023), any style.
class MicroAst {
 public:
  /// What the style picture contributes, computed once a style.
  struct Style {
    at::Tensor features[2], filter_weights[2], filter_biases[2];
  };

  /// `weights`: the folder of microast_*.safetensors; random weights without one.
  explicit MicroAst(const std::optional<std::filesystem::path>& weights);

  Style encode(const at::Tensor& style) const;
  /// The content path: [1, 3, H, W] RGB in [0,1] -> [1, 3, H, W], not clamped; sides multiples of 4.
  at::Tensor operator()(const at::Tensor& content, const Style& style) const;

 private:
  std::map<std::string, at::Tensor> tensors_;
};

}  // namespace atelier::bench
