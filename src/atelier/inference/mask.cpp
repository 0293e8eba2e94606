#include "atelier/inference/mask.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "atelier/core/error.h"
#include "atelier/image/resize.h"
#include "atelier/inference/detail/luma.h"
#include "atelier/inference/detail/samples.h"
#include "atelier/inference/detail/smoothstep.h"

namespace atelier::inference {
namespace {

constexpr int kBlock = 4;       // pixels a side of what fine_structure counts as one place
constexpr int kReach = 2;       // a pixel is compared with those this far from it
constexpr int kBlurPasses = 3;  // box blurs of 5 blocks: as a Gaussian of about 10 pixels
constexpr float kLeastContrast = 0.02f;

/// A small plane of floats.
struct Field {
  int width, height;
  std::vector<float> values;

  Field(int w, int h)
      : width(w), height(h), values(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
  std::size_t index(int y, int x) const {
    return static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(std::clamp(x, 0, width - 1));
  }
};

// Mean of five along one axis.
Field box_blurred(const Field& from, int dy, int dx) {
  Field to(from.width, from.height);
  for (int y = 0; y < from.height; ++y) {
    for (int x = 0; x < from.width; ++x) {
      float sum = 0;
      for (int i = -2; i <= 2; ++i) sum += from.values[from.index(y + i * dy, x + i * dx)];
      to.values[to.index(y, x)] = sum / 5;
    }
  }
  return to;
}

// Root mean square of each block's difference from its surroundings.
Field local_contrast(const Image& photo) {
  const detail::Samples samples(photo);
  const int width = photo.width(), height = photo.height();
  Field field((width + kBlock - 1) / kBlock, (height + kBlock - 1) / kBlock);
  std::vector<float> counts(field.values.size());
  const auto at = [&](int y, int x) {
    y = std::clamp(y, 0, height - 1), x = std::clamp(x, 0, width - 1);
    return detail::luma(
        samples, static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
  };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float around =
          (at(y - kReach, x) + at(y + kReach, x) + at(y, x - kReach) + at(y, x + kReach)) / 4;
      const float difference = at(y, x) - around;
      const std::size_t block = field.index(y / kBlock, x / kBlock);
      field.values[block] += difference * difference;
      counts[block] += 1;
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) field.values[i] /= counts[i];
  for (int pass = 0; pass < kBlurPasses; ++pass) field = box_blurred(box_blurred(field, 1, 0), 0, 1);
  for (float& value : field.values) value = std::sqrt(value);
  return field;
}

float percentile(std::vector<float> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

MaskPlane mask_plane(const Image& mask, int width, int height) {
  Image fitted = mask.to_depth(Depth::U8);
  if (fitted.width() != width || fitted.height() != height) fitted = resize(fitted, width, height);
  const std::span<const std::uint8_t> rgb = fitted.rgb8(), alpha = fitted.alpha8();
  MaskPlane plane(fitted.pixels());
  for (std::size_t i = 0; i < plane.size(); ++i) {
    const int value = (77 * rgb[3 * i] + 150 * rgb[3 * i + 1] + 29 * rgb[3 * i + 2]) >> 8;
    plane[i] = static_cast<std::uint8_t>(alpha.empty() ? value : (value * alpha[i] + 127) / 255);
  }
  return plane;
}

bool require_fitting_mask(const Image& mask, const std::string& name, int width, int height) {
  if (mask.width() == width && mask.height() == height) return true;
  const double across = static_cast<double>(width) / mask.width(),
               down = static_cast<double>(height) / mask.height();
  // Where the mask's sides were rounded to whole pixels, up to half a pixel of it is missing.
  if (std::abs(mask.height() * across - height) <= 1 + 0.5 * std::max(across, down)) return false;
  throw Error(ErrorCode::Usage, "stylize.mask",
              fmt::format("{}: the mask is {}x{} pixels and the photo {}x{}, another shape: make the mask "
                          "from this photo",
                          printable(name), mask.width(), mask.height(), width, height));
}

MaskPlane fine_structure(const Image& photo) {
  const Field contrast = local_contrast(photo);
  const float least = std::max(percentile(contrast.values, 0.5), kLeastContrast / 2);
  const float most = std::max({percentile(contrast.values, 0.8), kLeastContrast, 1.01f * least});
  MaskPlane plane(photo.pixels());
  std::size_t i = 0;
  for (int y = 0; y < photo.height(); ++y) {
    const float row = (static_cast<float>(y) + 0.5f) / kBlock - 0.5f;
    const int top = static_cast<int>(std::floor(row));
    const float v = row - static_cast<float>(top);
    for (int x = 0; x < photo.width(); ++x, ++i) {
      const float column = (static_cast<float>(x) + 0.5f) / kBlock - 0.5f;
      const int left = static_cast<int>(std::floor(column));
      const float u = column - static_cast<float>(left);
      const auto at = [&](int dy, int dx) { return contrast.values[contrast.index(top + dy, left + dx)]; };
      const float value =
          (1 - v) * ((1 - u) * at(0, 0) + u * at(0, 1)) + v * ((1 - u) * at(1, 0) + u * at(1, 1));
      const float t = std::clamp((value - least) / (most - least), 0.0f, 1.0f);
      plane[i] = static_cast<std::uint8_t>(detail::smoothstep(t) * 255 + 0.5f);
    }
  }
  return plane;
}

}  // namespace atelier::inference
