#include "atelier/losses/pixel_losses.h"

#include <torch/torch.h>

#include <algorithm>

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
  return (torch::relu(band(painting).abs() - torch::max_pool2d(photo.abs(), 5, 1, 2) - margin) * near_edge)
      .mean();
}

at::Tensor ColourGuard::operator()(const at::Tensor& painting, const at::Tensor& content) const {
  constexpr double sigma = 0.05;
  const auto cells = [](const at::Tensor& picture) {
    return torch::avg_pool2d(picture, 16).flatten(2);
  };  // [N, 3, cells]
  const auto distances = [](const at::Tensor& colours) {
    return (colours.unsqueeze(3) - colours.unsqueeze(2)).square().sum(1);  // [N, cells, cells]
  };
  const at::Tensor alike = torch::exp(distances(cells(content)) / (-2 * sigma * sigma));
  const at::Tensor painted = cells(painting);
  const at::Tensor spread = (painted - painted.mean(2, true)).square().sum(1).mean(1).detach() + 0.01;
  return ((alike * distances(painted)).sum({1, 2}) / (alike.sum({1, 2}) * spread)).mean();
}

at::Tensor GridGuard::operator()(const at::Tensor& painting) const {
  constexpr std::int64_t stride = 8;
  const auto window =
      std::min<std::int64_t>({64, painting.size(2) / stride * stride, painting.size(3) / stride * stride});
  const auto cells = window / stride, rows = painting.size(2) / window, columns = painting.size(3) / window;
  const at::Tensor tiles =
      painting.narrow(2, 0, rows * window)
          .narrow(3, 0, columns * window)
          .reshape({painting.size(0), painting.size(1), rows, cells, stride, columns, cells, stride});
  const at::Tensor phases = tiles.mean({3, 6});  // [N, 3, rows, stride, columns, stride]
  const auto variance = [](const at::Tensor& x, at::IntArrayRef over) {
    return (x - x.mean(over, /*keepdim=*/true)).square().mean(over);
  };
  const at::Tensor whole = variance(tiles, {3, 4, 6, 7}).detach();
  return (variance(phases, {3, 5}) / (whole + 1e-3)).mean();
}

}  // namespace atelier::losses
