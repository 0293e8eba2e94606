#include "atelier/tensor/image_tensor.h"

#include <torch/torch.h>

#include "atelier/tensor/shapes.h"

namespace atelier::tensor {

at::Tensor to_tensor(const Image& image) {
  const std::vector<float> planes = image.to_planar();
  return torch::tensor(at::ArrayRef<float>(planes)).view({1, 3, image.height(), image.width()});
}

at::Tensor to_bytes(const Image& image) {
  return to_tensor(image).squeeze(0).mul(255).round().to(torch::kUInt8);
}

Image to_image(const at::Tensor& tensor, Depth depth) {
  const at::Tensor planes =
      (tensor.dim() == 4 ? tensor.squeeze(0) : tensor).detach().to(torch::kCPU, torch::kFloat32).contiguous();
  check_shape(planes, {3, -1, -1}, "picture");
  return Image::from_planar(
      std::span<const float>(planes.data_ptr<float>(), static_cast<std::size_t>(planes.numel())),
      static_cast<int>(planes.size(2)), static_cast<int>(planes.size(1)), depth);
}

}  // namespace atelier::tensor
