#include "atelier/inference/colour_transfer.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/inference/detail/lab_pixels.h"

namespace atelier::inference {
namespace {

using detail::lab_at;
using detail::map_lab;
using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

constexpr std::array<float, 3> kWhite = {0.95047f, 1.0f, 1.08883f};  // D65, 2 degrees
constexpr float kDelta = 6.0f / 29.0f;
// Flat pictures have singular covariances; this is far below what an eye sees (L spans 100).
constexpr double kSmallestVariance = 1e-2;

float to_linear(float v) {
  return v <= 0.04045f ? v / 12.92f : std::pow((v + 0.055f) / 1.055f, 2.4f);
}
float to_gamma(float v) {
  return v <= 0.0031308f ? v * 12.92f : 1.055f * std::pow(v, 1.0f / 2.4f) - 0.055f;
}

// sRGB decoding of every 16-bit sample: the power function is half of the cost of a conversion.
const std::vector<float>& linear_table() {
  static const std::vector<float> table = [] {
    std::vector<float> values(65536);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = to_linear(static_cast<float>(i) / 65535.0f);
    return values;
  }();
  return table;
}

Lab linear_to_lab(float r, float g, float b) {
  const std::array<float, 3> xyz = {0.4124564f * r + 0.3575761f * g + 0.1804375f * b,
                                    0.2126729f * r + 0.7151522f * g + 0.0721750f * b,
                                    0.0193339f * r + 0.1191920f * g + 0.9503041f * b};
  std::array<float, 3> f{};
  for (std::size_t i = 0; i < 3; ++i) {
    const float t = xyz[i] / kWhite[i];
    f[i] = t > kDelta * kDelta * kDelta ? std::cbrt(t) : t / (3 * kDelta * kDelta) + 4.0f / 29.0f;
  }
  return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

struct ColourStatistics {
  Vector mean{};
  Matrix covariance{};
};

ColourStatistics lab_statistics(const Image& image) {
  const detail::Samples samples(image);
  Vector sum{};
  Matrix products{};
  const auto count = static_cast<double>(image.pixels());
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const Lab lab = lab_at(samples, i);
    for (std::size_t r = 0; r < 3; ++r) {
      sum[r] += lab[r];
      for (std::size_t c = 0; c < 3; ++c) products[r][c] += static_cast<double>(lab[r]) * lab[c];
    }
  }
  ColourStatistics statistics;
  for (std::size_t r = 0; r < 3; ++r) statistics.mean[r] = sum[r] / count;
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      statistics.covariance[r][c] = products[r][c] / count - statistics.mean[r] * statistics.mean[c];
    }
  }
  return statistics;
}

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix product{};
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 3; ++k) product[r][c] += a[r][k] * b[k][c];
    }
  }
  return product;
}

// f applied to the eigenvalues of a symmetric matrix (cyclic Jacobi rotations), eigenvalues floored.
template <typename Function>
Matrix on_eigenvalues(Matrix a, double floor, Function f) {
  Matrix vectors = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  constexpr std::array<std::pair<std::size_t, std::size_t>, 3> kPairs = {{{0, 1}, {0, 2}, {1, 2}}};
  for (int sweep = 0; sweep < 30; ++sweep) {
    for (const auto& [p, q] : kPairs) {
      if (std::abs(a[p][q]) < 1e-14) continue;
      const double theta = 0.5 * std::atan2(2 * a[p][q], a[q][q] - a[p][p]);
      const double c = std::cos(theta), s = std::sin(theta);
      Matrix rotation = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
      rotation[p][p] = c, rotation[q][q] = c, rotation[p][q] = s, rotation[q][p] = -s;
      Matrix transposed = rotation;
      std::swap(transposed[p][q], transposed[q][p]);
      a = multiply(transposed, multiply(a, rotation));
      vectors = multiply(vectors, rotation);
    }
  }
  Matrix result{};
  for (std::size_t k = 0; k < 3; ++k) {
    const double value = f(std::max(a[k][k], floor));
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t c = 0; c < 3; ++c) result[r][c] += vectors[r][k] * value * vectors[c][k];
    }
  }
  return result;
}

Matrix monge_kantorovich(const Matrix& from, const Matrix& to) {
  const auto root = [](double v) { return std::sqrt(v); };
  const auto inverse_root = [](double v) { return 1 / std::sqrt(v); };
  const Matrix half = on_eigenvalues(from, kSmallestVariance, root);
  const Matrix inverse_half = on_eigenvalues(from, kSmallestVariance, inverse_root);
  const Matrix middle = on_eigenvalues(multiply(half, multiply(to, half)), 0, root);
  return multiply(inverse_half, multiply(middle, inverse_half));
}

}  // namespace

Lab detail::lab_at(const Samples& samples, std::size_t pixel) {
  const std::vector<float>& linear = linear_table();
  return linear_to_lab(linear[samples[3 * pixel]], linear[samples[3 * pixel + 1]],
                       linear[samples[3 * pixel + 2]]);
}

Lab srgb_to_lab(const std::array<float, 3>& rgb) {
  return linear_to_lab(to_linear(rgb[0]), to_linear(rgb[1]), to_linear(rgb[2]));
}

std::array<float, 3> lab_to_srgb(const Lab& lab) {
  const float fy = (lab[0] + 16) / 116;
  const std::array<float, 3> f = {fy + lab[1] / 500, fy, fy - lab[2] / 200};
  std::array<float, 3> xyz{};
  for (std::size_t i = 0; i < 3; ++i) {
    xyz[i] = kWhite[i] * (f[i] > kDelta ? f[i] * f[i] * f[i] : 3 * kDelta * kDelta * (f[i] - 4.0f / 29.0f));
  }
  const std::array<float, 3> linear = {3.2404542f * xyz[0] - 1.5371385f * xyz[1] - 0.4985314f * xyz[2],
                                       -0.9692660f * xyz[0] + 1.8760108f * xyz[1] + 0.0415560f * xyz[2],
                                       0.0556434f * xyz[0] - 0.2040259f * xyz[1] + 1.0572252f * xyz[2]};
  std::array<float, 3> rgb{};
  for (std::size_t i = 0; i < 3; ++i) rgb[i] = to_gamma(std::clamp(linear[i], 0.0f, 1.0f));
  return rgb;
}

void keep_colours(Image& painting, const Image& photo) {
  if (painting.width() != photo.width() || painting.height() != photo.height()) {
    throw Error(ErrorCode::Internal, "image.size", "keep_colours: painting and photo have different sizes");
  }
  const detail::Samples samples(photo);
  map_lab(painting, [&](std::size_t i, const Lab& painted) {
    const Lab own = lab_at(samples, i);
    return Lab{painted[0], own[1], own[2]};
  });
}

void transfer_palette(Image& painting, const Image& palette) {
  const ColourStatistics from = lab_statistics(painting), to = lab_statistics(palette);
  const Matrix map = monge_kantorovich(from.covariance, to.covariance);
  map_lab(painting, [&](std::size_t, const Lab& lab) {
    Lab moved{};
    for (std::size_t r = 0; r < 3; ++r) {
      double value = to.mean[r];
      for (std::size_t c = 0; c < 3; ++c) value += map[r][c] * (lab[c] - from.mean[c]);
      moved[r] = static_cast<float>(value);
    }
    return moved;
  });
}

}  // namespace atelier::inference
