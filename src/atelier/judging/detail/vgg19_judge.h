#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>

#include "atelier/engine/vgg19_engine.h"
#include "atelier/judging/detail/style_distances.h"

namespace atelier::judging::detail {

/// What VGG-19 judges by: style in relu1_1, relu2_1 and relu3_1, content in relu3_4. Computed by the engine,
/// several times as fast on a processor as LibTorch and the same to 1e-5.
class Vgg19Judge {
 public:
  /// Errors of reading weights: NoInput, BadData.
  explicit Vgg19Judge(const std::filesystem::path& file);

  struct Seen {
    StyleFeatures style;
    at::Tensor content;  ///< [1, 256, h, w]
  };
  /// picture: [1, 3, H, W] in [0,1], sides of at least 16. On one thread.
  Seen look_at(const at::Tensor& picture) const;

 private:
  engine::Vgg19Engine engine_;
};

}  // namespace atelier::judging::detail
