#include "atelier/engine/style_encoder_engine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "atelier/core/error.h"
#include "atelier/engine/detail/dense.h"

namespace atelier::engine {
namespace {

using Lab = std::array<double, 3>;

/// sRGB in [0,1] -> CIE Lab (D65) / 100 (IEC 61966-2-1 primaries).
Lab to_lab(const std::array<double, 3>& rgb) {
  const auto linear = [](double c) {
    c = std::clamp(c, 0.0, 1.0);
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  const auto f = [](double t) {
    constexpr double delta = 6.0 / 29.0;
    return t > delta * delta * delta ? std::cbrt(t) : t / (3 * delta * delta) + 4.0 / 29.0;
  };
  const double r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
  const double x = f((r * 0.4124564 + g * 0.3575761 + b * 0.1804375) / 0.95047);
  const double y = f(r * 0.2126729 + g * 0.7151522 + b * 0.0721750);
  const double z = f((r * 0.0193339 + g * 0.1191920 + b * 0.9503041) / 1.08883);
  return {y * 1.16 - 0.16, (x - y) * 5, (y - z) * 2};
}

/// The picture averaged onto kPaletteSide x kPaletteSide, in Lab. Cell i covers pixels floor(i n / side) to
/// ceil((i + 1) n / side), as adaptive average pooling does.
std::vector<Lab> palette_pixels(std::span<const float> picture, int height, int width) {
  constexpr int side = StyleEncoderOptions::kPaletteSide;
  const auto begin = [](int i, int n) { return static_cast<int>(static_cast<long long>(i) * n / side); };
  const auto end = [](int i, int n) {
    return static_cast<int>((static_cast<long long>(i + 1) * n + side - 1) / side);
  };
  const std::size_t plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  std::vector<Lab> pixels;
  pixels.reserve(side * side);
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j) {
      std::array<double, 3> rgb{};
      const int top = begin(i, height), bottom = end(i, height), left = begin(j, width),
                right = end(j, width);
      for (std::size_t c = 0; c < 3; ++c) {
        for (int y = top; y < bottom; ++y) {
          const float* row =
              picture.data() + c * plane + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
          rgb[c] += std::accumulate(row + left, row + right, 0.0);
        }
        rgb[c] /= static_cast<double>(bottom - top) * (right - left);
      }
      pixels.push_back(to_lab(rgb));
    }
  }
  return pixels;
}

Lab mean_of(std::span<const Lab> pixels) {
  Lab mean{};
  for (const Lab& pixel : pixels) {
    for (std::size_t c = 0; c < 3; ++c) mean[c] += pixel[c];
  }
  for (double& value : mean) value /= static_cast<double>(pixels.size());
  return mean;
}

/// The picture's luma with mean 0.5 and standard deviation 0.2 (divisor at least 0.02), on three channels.
std::vector<float> levelled_luma(std::span<const float> picture, std::size_t plane) {
  std::vector<float> level(3 * plane);
  double sum = 0, square = 0;
  for (std::size_t i = 0; i < plane; ++i) {
    level[i] = picture[i] * 0.299f + picture[plane + i] * 0.587f + picture[2 * plane + i] * 0.114f;
    sum += level[i];
  }
  const double mean = sum / static_cast<double>(plane);
  for (std::size_t i = 0; i < plane; ++i) square += (level[i] - mean) * (level[i] - mean);
  const double deviation = std::max(0.02, std::sqrt(square / static_cast<double>(plane)));
  for (std::size_t i = 0; i < plane; ++i)
    level[i] = static_cast<float>((level[i] - mean) / deviation * 0.2 + 0.5);
  std::copy_n(level.begin(), plane, level.begin() + static_cast<std::ptrdiff_t>(plane));
  std::copy_n(level.begin(), plane, level.begin() + static_cast<std::ptrdiff_t>(2 * plane));
  return level;
}

/// Standardise, fc0, SiLU, fc1.
struct Part {
  Part(const weights::SafetensorsFile& file, const std::string& name, int in, int hidden, int out,
       float floor)
      : mean(file.floats(name + ".mean", {in})),
        std(file.floats(name + ".std", {in})),
        fc0(file, name + ".fc0", in, hidden),
        fc1(file, name + ".fc1", hidden, out) {
    for (float& value : std) value = std::max(value, floor);
  }

  std::vector<float> operator()(std::vector<float> statistics) const {
    for (std::size_t i = 0; i < statistics.size(); ++i)
      statistics[i] = (statistics[i] - mean[i]) / std[i] / 2;
    std::vector<float> hidden = fc0(statistics);
    detail::silu(hidden);
    return fc1(hidden);
  }

  std::vector<float> mean, std;
  detail::Dense fc0, fc1;
};

}  // namespace

std::vector<float> palette_statistics(std::span<const float> picture, int height, int width) {
  std::vector<Lab> pixels = palette_pixels(picture, height, width);
  const Lab mean = mean_of(pixels);
  double covariance[3][3] = {};
  for (const Lab& pixel : pixels) {
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j <= i; ++j) covariance[i][j] += (pixel[i] - mean[i]) * (pixel[j] - mean[j]);
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j <= i; ++j) covariance[i][j] /= static_cast<double>(pixels.size());
    covariance[i][i] += 1e-4;
  }
  const double l00 = std::sqrt(covariance[0][0]);
  const double l10 = covariance[1][0] / l00, l20 = covariance[2][0] / l00;
  const double l11 = std::sqrt(std::max(covariance[1][1] - l10 * l10, 1e-8));
  const double l21 = (covariance[2][1] - l20 * l10) / l11;
  const double l22 = std::sqrt(std::max(covariance[2][2] - l20 * l20 - l21 * l21, 1e-8));

  std::vector<float> result;
  const auto append = [&](std::initializer_list<double> values) {
    for (const double value : values) result.push_back(static_cast<float>(value));
  };
  append({mean[0], mean[1], mean[2], l00, l10, l11, l20, l21, l22});
  std::stable_sort(pixels.begin(), pixels.end(), [](const Lab& a, const Lab& b) { return a[0] < b[0]; });
  for (std::size_t band = 0; band < 5; ++band) {
    const std::size_t first = pixels.size() * band / 5, last = pixels.size() * (band + 1) / 5;
    const Lab part = mean_of(std::span(pixels).subspan(first, last - first));
    append({part[0], part[1], part[2]});
  }
  return result;
}

struct StyleEncoderEngine::Network {
  Network(const StyleEncoderOptions& o, const weights::SafetensorsFile& encoder,
          const PerceptualOptions& perceptual, const weights::SafetensorsFile& perceptual_file,
          const EngineOptions& engine)
      : options(o),
        phi(perceptual, perceptual_file, engine),
        texture(encoder, "texture", perceptual.statistics(), o.texture_hidden, o.texture_dim, 0.05f),
        palette(encoder, "palette", StyleEncoderOptions::kPaletteStatistics, o.palette_hidden, o.palette_dim,
                0.02f) {}

  StyleEncoderOptions options;
  PerceptualEngine phi;
  Part texture, palette;
};

StyleEncoderEngine::StyleEncoderEngine(const StyleEncoderOptions& options,
                                       const weights::SafetensorsFile& encoder,
                                       const PerceptualOptions& perceptual_options,
                                       const weights::SafetensorsFile& perceptual, EngineOptions engine) {
  options.validate();
  network_ = std::make_unique<const Network>(options, encoder, perceptual_options, perceptual, engine);
}

StyleEncoderEngine::~StyleEncoderEngine() = default;
StyleEncoderEngine::StyleEncoderEngine(StyleEncoderEngine&&) noexcept = default;
StyleEncoderEngine& StyleEncoderEngine::operator=(StyleEncoderEngine&&) noexcept = default;

const StyleEncoderOptions& StyleEncoderEngine::options() const {
  return network_->options;
}

std::vector<float> StyleEncoderEngine::encode(std::span<const float> picture, int height, int width) const {
  const std::size_t plane =
      static_cast<std::size_t>(std::max(height, 0)) * static_cast<std::size_t>(std::max(width, 0));
  if (height < 16 || width < 16 || picture.size() != 3 * plane) {
    throw Error(ErrorCode::Usage, "engine.size",
                "a style picture is [3, height, width] with sides of at least 16; this one is " +
                    std::to_string(width) + "x" + std::to_string(height) + ": scale it up");
  }
  std::vector<float> code = network_->palette(palette_statistics(picture, height, width));
  const std::vector<float> texture =
      network_->texture(network_->phi.statistics(levelled_luma(picture, plane), height, width));
  code.insert(code.end(), texture.begin(), texture.end());
  return code;
}

}  // namespace atelier::engine
