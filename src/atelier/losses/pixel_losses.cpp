#include "atelier/losses/pixel_losses.h"

#include <torch/torch.h>

#include "atelier/nn/style_statistics.h"

namespace atelier::losses {
namespace {

at::Tensor blur(const at::Tensor& x, int side) {
  return torch::avg_pool2d(x, side, 1, side / 2, /*ceil_mode=*/false, /*count_include_pad=*/false);
}

}  // namespace

at::Tensor IdentityLoss::operator()(const at::Tensor& reconstruction, const at::Tensor& content) const {
  return (reconstruction - content).abs().mean();
}

at::Tensor TotalVariationLoss::operator()(const at::Tensor& picture) const {
  const auto h = picture.size(2), w = picture.size(3);
  return (picture.narrow(3, 1, w - 1) - picture.narrow(3, 0, w - 1)).abs().mean() +
         (picture.narrow(2, 1, h - 1) - picture.narrow(2, 0, h - 1)).abs().mean();
}

at::Tensor StructureGuard::operator()(const at::Tensor& painting, const at::Tensor& content) const {
  const auto level = [](const at::Tensor& picture) {
    const at::Tensor coarse = torch::avg_pool2d(nn::luma(picture), 16).flatten(1);
    const at::Tensor centred = coarse - coarse.mean(1, true);
    return centred / torch::sqrt(centred.square().mean(1, true) + 1e-3);
  };
  return (level(painting) - level(content)).square().mean();
}

at::Tensor HaloGuard::operator()(const at::Tensor& painting, const at::Tensor& content) const {
  const auto band = [](const at::Tensor& picture) {
    const at::Tensor grey = nn::luma(picture);
    return blur(grey, 3) - blur(grey, 9);
  };
  const at::Tensor photo = band(content);
  const at::Tensor near_edge = torch::max_pool2d(photo.abs(), 9, 1, 4).gt(0.08).to(painting.scalar_type());
  return (torch::relu(band(painting).abs() - torch::max_pool2d(photo.abs(), 5, 1, 2) - margin) * near_edge).mean();
}

}  // namespace atelier::losses
