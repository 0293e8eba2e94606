#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <vector>

#include "atelier/tensor/tensor_file.h"

namespace atelier::nn {

/// Fast neural style (Johnson et al. 2016, arXiv 1603.08155), a rival: a network of 1.68 M numbers for every
/// single style. In the form of github.com/pytorch/examples, fast_neural_style (instance normalisation,
/// nearest neighbours doubled), and with its tensor names, so that published weights serve once they are
/// safetensors. Plain ATen calls in fp32.
class TransformerNet {
 public:
  TransformerNet();  ///< random weights that paint grey
  /// Error NoInput when the file is missing, BadData "model.tensors" when it holds other tensors.
  explicit TransformerNet(const std::filesystem::path& weights);

  /// [N, 3, H, W] RGB in [0,1] -> [N, 3, H, W], not clamped; sides multiples of 4, at least 16.
  at::Tensor operator()(const at::Tensor& content) const;

  /// To be learned: they share memory with the network, and gradients reach them.
  std::vector<at::Tensor> parameters();
  const tensor::TensorMap& tensors() const { return tensors_; }

 private:
  tensor::TensorMap tensors_;
};

}  // namespace atelier::nn
