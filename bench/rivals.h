#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "atelier/nn/micro_ast.h"

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

using nn::MicroAst;

}  // namespace atelier::bench
