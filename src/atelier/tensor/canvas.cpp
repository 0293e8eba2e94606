#include "atelier/tensor/canvas.h"

#include <torch/torch.h>

#include "atelier/image/noise_field.h"

namespace atelier::tensor {

namespace {

constexpr std::int64_t kPieceStride = 211;  // pixels

}  // namespace

at::Tensor canvas(std::int64_t height, std::int64_t width, double deviation, std::int64_t x, std::int64_t y) {
  const at::Tensor noise = torch::zeros({1, 1, height, width});
  if (deviation == 0) return noise;
  const auto columns = static_cast<std::size_t>(width);
  const Canvas strip(x, columns);
  for (std::int64_t row = 0; row < height; ++row)
    strip.row(y + row, {noise.data_ptr<float>() + row * width, columns});
  return noise * deviation;
}

at::Tensor on_canvas(const at::Tensor& content, double deviation, std::int64_t piece) {
  if (deviation == 0) return content;
  const std::int64_t from = piece * kPieceStride;
  return (content + canvas(content.size(2), content.size(3), deviation, from, from).to(content.options()))
      .clamp(0, 1);
}

}  // namespace atelier::tensor
