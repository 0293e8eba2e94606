#include "atelier/tensor/canvas.h"

#include <torch/torch.h>

#include "atelier/image/noise_field.h"

namespace atelier::tensor {

at::Tensor canvas(std::int64_t height, std::int64_t width, double deviation, std::int64_t x, std::int64_t y) {
  if (deviation == 0) return torch::zeros({1, 1, height, width});
  std::vector<float> noise = canvas_noise(x, y, static_cast<int>(width), static_cast<int>(height));
  return torch::from_blob(noise.data(), {1, 1, height, width}, torch::kFloat32) * deviation;
}

at::Tensor on_canvas(const at::Tensor& content, double deviation, std::int64_t x, std::int64_t y) {
  if (deviation == 0) return content;
  return (content + canvas(content.size(2), content.size(3), deviation, x, y).to(content.options()))
      .clamp(0, 1);
}

}  // namespace atelier::tensor
