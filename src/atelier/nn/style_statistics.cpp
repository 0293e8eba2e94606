#include "atelier/nn/style_statistics.h"

#include <torch/torch.h>

#include "atelier/model/architecture.h"

namespace atelier::nn {
namespace {

at::Tensor texture_statistics(const at::Tensor& picture, FeatureNetwork& phi) {
  const at::Tensor grey = luma(picture);
  const at::Tensor mean = grey.mean({2, 3}, /*keepdim=*/true);
  const at::Tensor std = torch::sqrt((grey - mean).square().mean({2, 3}, true) + 1e-10).clamp_min(0.02);
  const at::Tensor level = ((grey - mean) / std * 0.2 + 0.5).expand({-1, 3, -1, -1});
  std::vector<at::Tensor> parts;
  for (const at::Tensor& tap : phi.features(level)) {
    const at::Tensor m = tap.mean({2, 3});
    const at::Tensor v = (tap - m.view({m.size(0), -1, 1, 1})).square().mean({2, 3});
    parts.push_back(m);
    parts.push_back(torch::log(torch::sqrt(v + 1e-10) + 1e-3));
  }
  return torch::cat(parts, 1);
}

at::Tensor palette_statistics(const at::Tensor& picture) {
  constexpr int side = StyleEncoderOptions::kPaletteSide;
  const at::Tensor lab = srgb_to_lab(torch::adaptive_avg_pool2d(picture, {side, side})).flatten(2);
  const auto n = lab.size(0);
  const at::Tensor mean = lab.mean(2);
  const at::Tensor centred = lab - mean.unsqueeze(2);
  const at::Tensor covariance =
      torch::bmm(centred, centred.transpose(1, 2)) / static_cast<double>(lab.size(2)) +
      torch::eye(3, lab.options()) * 1e-4;
  // The 3x3 Cholesky factor by hand: LAPACK on a thousand tiny matrices costs more than the convolutions.
  const auto entry = [&](int i, int j) { return covariance.select(1, i).select(1, j); };
  const at::Tensor l00 = torch::sqrt(entry(0, 0));
  const at::Tensor l10 = entry(1, 0) / l00;
  const at::Tensor l20 = entry(2, 0) / l00;
  const at::Tensor l11 = torch::sqrt((entry(1, 1) - l10 * l10).clamp_min(1e-8));
  const at::Tensor l21 = (entry(2, 1) - l20 * l10) / l11;
  const at::Tensor l22 = torch::sqrt((entry(2, 2) - l20 * l20 - l21 * l21).clamp_min(1e-8));

  const at::Tensor order =
      std::get<1>(lab.detach().select(1, 0).sort(1)).unsqueeze(1).expand({n, 3, lab.size(2)});
  const at::Tensor sorted = lab.gather(2, order);
  std::vector<at::Tensor> parts = {mean, torch::stack({l00, l10, l11, l20, l21, l22}, 1)};
  const auto pixels = sorted.size(2);
  for (int band = 0; band < 5; ++band) {
    const auto first = pixels * band / 5, last = pixels * (band + 1) / 5;
    parts.push_back(sorted.narrow(2, first, last - first).mean(2));
  }
  return torch::cat(parts, 1);
}

}  // namespace

at::Tensor luma(const at::Tensor& rgb) {
  return rgb.narrow(1, 0, 1) * 0.299 + rgb.narrow(1, 1, 1) * 0.587 + rgb.narrow(1, 2, 1) * 0.114;
}

at::Tensor srgb_to_lab(const at::Tensor& rgb) {
  const at::Tensor c = rgb.clamp(0, 1);
  const at::Tensor linear =
      torch::where(c <= 0.04045, c / 12.92, torch::pow((c.clamp_min(0.04045) + 0.055) / 1.055, 2.4));
  const at::Tensor r = linear.select(1, 0), g = linear.select(1, 1), b = linear.select(1, 2);
  // sRGB primaries to XYZ relative to the D65 white point (IEC 61966-2-1).
  const at::Tensor x = (r * 0.4124564 + g * 0.3575761 + b * 0.1804375) / 0.95047;
  const at::Tensor y = r * 0.2126729 + g * 0.7151522 + b * 0.0721750;
  const at::Tensor z = (r * 0.0193339 + g * 0.1191920 + b * 0.9503041) / 1.08883;
  const auto f = [](const at::Tensor& t) {
    constexpr double delta = 6.0 / 29.0;
    return torch::where(t > delta * delta * delta, torch::pow(t.clamp_min(1e-6), 1.0 / 3.0),
                        t / (3 * delta * delta) + 4.0 / 29.0);
  };
  const at::Tensor fx = f(x), fy = f(y), fz = f(z);
  return torch::stack({fy * 1.16 - 0.16, (fx - fy) * 5, (fy - fz) * 2}, 1);
}

StyleStatistics style_statistics(const at::Tensor& picture, FeatureNetwork& phi) {
  return {texture_statistics(picture, phi), palette_statistics(picture)};
}

}  // namespace atelier::nn
