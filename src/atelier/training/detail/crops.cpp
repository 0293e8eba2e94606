#include "atelier/training/detail/crops.h"

#include <torch/torch.h>

#include <algorithm>

#include "atelier/nn/style_statistics.h"

namespace atelier::training {
namespace {

at::Tensor lab_to_srgb(const at::Tensor& lab) {
  const at::Tensor fy = (lab.select(1, 0) + 0.16) / 1.16;
  const at::Tensor fx = fy + lab.select(1, 1) / 5, fz = fy - lab.select(1, 2) / 2;
  const auto inverse = [](const at::Tensor& t) {
    constexpr double delta = 6.0 / 29.0;
    return torch::where(t > delta, t * t * t, (t - 4.0 / 29.0) * (3 * delta * delta));
  };
  const at::Tensor x = inverse(fx) * 0.95047, y = inverse(fy), z = inverse(fz) * 1.08883;
  const at::Tensor linear = torch::stack({x * 3.2404542 - y * 1.5371385 - z * 0.4985314,
                                          x * -0.9692660 + y * 1.8760108 + z * 0.0415560,
                                          x * 0.0556434 - y * 0.2040259 + z * 1.0572252},
                                         1)
                                .clamp(0, 1);
  return torch::where(linear <= 0.0031308, linear * 12.92,
                      torch::pow(linear.clamp_min(1e-6), 1 / 2.4) * 1.055 - 0.055);
}

at::Tensor matrix_power(const at::Tensor& symmetric, double power) {
  auto [values, vectors] = torch::linalg_eigh(symmetric, "L");
  return torch::matmul(vectors * values.clamp_min(1e-12).pow(power), vectors.t());
}

}  // namespace

Random random_for(std::uint64_t seed, std::int64_t step, std::uint64_t purpose) {
  std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                         static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32),
                         static_cast<std::uint32_t>(purpose)};
  return Random(sequence);
}

at::Tensor resize_antialiased(const at::Tensor& picture, std::int64_t height, std::int64_t width) {
  return at::_upsample_bilinear2d_aa(picture.unsqueeze(0), {height, width}, false).squeeze(0);
}

at::Tensor random_crop(const at::Tensor& bytes, int side, double max_zoom, Random& random) {
  const auto h = bytes.size(1), w = bytes.size(2);
  const std::int64_t shortest = std::min(h, w);
  const auto largest = std::clamp<std::int64_t>(static_cast<std::int64_t>(side * max_zoom), 1, shortest);
  const auto smallest = std::min<std::int64_t>(side, largest);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  const auto window = pick(smallest, largest);
  at::Tensor crop = bytes.narrow(1, pick(0, h - window), window).narrow(2, pick(0, w - window), window);
  crop = crop.to(torch::kFloat32).div_(255);
  if (window != side) crop = resize_antialiased(crop, side, side);
  return pick(0, 1) == 1 ? crop.flip(2) : crop.contiguous();
}

at::Tensor recolour(const at::Tensor& picture, const at::Tensor& palette) {
  torch::NoGradGuard no_grad;
  const auto colours = [](const at::Tensor& p) {
    return nn::srgb_to_lab(p.unsqueeze(0)).flatten(2).squeeze(0);
  };
  const at::Tensor a = colours(picture), b = colours(palette);
  const at::Tensor mean_a = a.mean(1, true), mean_b = b.mean(1, true);
  const auto covariance = [](const at::Tensor& centred) {
    return torch::matmul(centred, centred.t()) / static_cast<double>(centred.size(1)) + torch::eye(3) * 1e-5;
  };
  const at::Tensor root = matrix_power(covariance(a - mean_a), 0.5),
                   inverse = matrix_power(covariance(a - mean_a), -0.5);
  const at::Tensor middle =
      matrix_power(torch::matmul(torch::matmul(root, covariance(b - mean_b)), root), 0.5);
  const at::Tensor transfer = torch::matmul(torch::matmul(inverse, middle), inverse);
  const at::Tensor mapped = torch::matmul(transfer, a - mean_a) + mean_b;
  return lab_to_srgb(mapped.unsqueeze(0)).squeeze(0).view(picture.sizes()).contiguous();
}

}  // namespace atelier::training
