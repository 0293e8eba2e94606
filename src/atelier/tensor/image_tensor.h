#pragma once

#include <ATen/core/Tensor.h>

#include "atelier/image/image.h"

namespace atelier::tensor {

/// Image -> [1, 3, H, W] float, RGB in [0,1]. Alpha stays with the image.
at::Tensor to_tensor(const Image& image);

/// Image -> [3, H, W] uint8, for keeping many pictures in memory.
at::Tensor to_bytes(const Image& image);

/// [3, H, W] or [1, 3, H, W] float, RGB in [0,1] (clamped) -> Image.
Image to_image(const at::Tensor& tensor, Depth depth = Depth::U8);

}  // namespace atelier::tensor
