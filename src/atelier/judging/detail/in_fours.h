#pragma once

#include <torch/torch.h>

#include "atelier/image/image.h"
#include "atelier/tensor/image_tensor.h"

namespace atelier::judging {

/// What `paint` makes of a photo ([1, 3, H, W] to the same), for networks that halve twice: the sides are
/// made multiples of 4 and cut back.
template <typename Paint>
Image painted_in_fours(const Image& photo, Paint paint) {
  const torch::NoGradGuard no_gradients;
  const at::Tensor content = tensor::to_tensor(photo);
  const auto height = content.size(2), width = content.size(3);
  const at::Tensor padded =
      torch::replication_pad2d(content, {0, (4 - width % 4) % 4, 0, (4 - height % 4) % 4});
  return tensor::to_image(paint(padded).slice(2, 0, height).slice(3, 0, width));
}

}  // namespace atelier::judging
