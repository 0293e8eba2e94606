#pragma once

#include <ATen/core/Tensor.h>

namespace atelier::tensor {

/// Canvas (image/noise_field.h) times `deviation` as [1, 1, height, width] on the CPU, from (x, y) on.
at::Tensor canvas(std::int64_t height, std::int64_t width, double deviation, std::int64_t x, std::int64_t y);

/// content [N, 3, H, W] in [0,1] laid on it and cut to [0,1], as a generator that was trained on a canvas
/// expects. At deviation 0 content itself. Another `piece` is another part of the canvas: steps that learn
/// take one each, or they would learn that part by heart.
at::Tensor on_canvas(const at::Tensor& content, double deviation, std::int64_t piece = 0);

}  // namespace atelier::tensor
