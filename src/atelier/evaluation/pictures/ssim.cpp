#include "atelier/evaluation/pictures/ssim.h"

#include <array>
#include <cmath>

namespace atelier::evaluation {
namespace {

using Window = std::array<float, Ssim::kWindow>;

Window gaussian() {
  Window weights{};
  double sum = 0;
  for (int i = 0; i < Ssim::kWindow; ++i) {
    const double d = i - Ssim::kWindow / 2;
    weights[static_cast<std::size_t>(i)] =
        static_cast<float>(std::exp(-d * d / (2 * Ssim::kSigma * Ssim::kSigma)));
    sum += weights[static_cast<std::size_t>(i)];
  }
  for (float& weight : weights) weight = static_cast<float>(weight / sum);
  return weights;
}

// Weighted means over the windows that lie inside.
Plane blurred(const Plane& plane, const Window& weights) {
  const int width = plane.width - Ssim::kWindow + 1, height = plane.height - Ssim::kWindow + 1;
  Plane rows{width, plane.height,
             std::vector<float>(static_cast<std::size_t>(width) * static_cast<std::size_t>(plane.height))};
  for (int y = 0; y < plane.height; ++y) {
    const float* in =
        plane.values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width);
    float* out = rows.values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      for (int x = 0; x < width; ++x) out[x] += weights[k] * in[static_cast<std::size_t>(x) + k];
    }
  }
  Plane result{width, height,
               std::vector<float>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height))};
  for (int y = 0; y < height; ++y) {
    float* out = result.values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const float* in =
          rows.values.data() + (static_cast<std::size_t>(y) + k) * static_cast<std::size_t>(width);
      for (int x = 0; x < width; ++x) out[x] += weights[k] * in[x];
    }
  }
  return result;
}

Plane product(const Plane& a, const Plane& b) {
  Plane result = a;
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] *= b.values[i];
  return result;
}

}  // namespace

std::optional<double> Ssim::operator()(const Plane& a, const Plane& b) const {
  require_same_size(a, b);
  if (a.width < kWindow || a.height < kWindow) return std::nullopt;
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const Window weights = gaussian();
  const Plane mean_a = blurred(a, weights), mean_b = blurred(b, weights);
  const Plane square_a = blurred(product(a, a), weights), square_b = blurred(product(b, b), weights),
              cross = blurred(product(a, b), weights);
  double sum = 0;
  for (std::size_t i = 0; i < mean_a.values.size(); ++i) {
    const double ma = mean_a.values[i], mb = mean_b.values[i];
    const double variance_a = square_a.values[i] - ma * ma, variance_b = square_b.values[i] - mb * mb;
    const double covariance = cross.values[i] - ma * mb;
    sum += (2 * ma * mb + kC1) * (2 * covariance + kC2) /
           ((ma * ma + mb * mb + kC1) * (variance_a + variance_b + kC2));
  }
  return sum / static_cast<double>(mean_a.values.size());
}

}  // namespace atelier::evaluation
