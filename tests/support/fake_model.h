#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <vector>

#include "atelier/inference/style_transfer_model.h"

namespace atelier::test {

/// What a FakeStyleTransferModel was asked for; outlives the model, which its owner hides.
struct FakeModelLog {
  std::atomic<int> paints{0}, encodes{0};
  std::mutex mutex;
  std::vector<float> last_code;
  float last_stroke = 0, last_detail = 0;
  int last_height = 0, last_width = 0;
  bool paints_nan = false;  ///< set it to make the model fail
};

/// A model whose painting can be worked out by hand, with what makes tiles hard: it normalises by the
/// picture's own mean and spread and looks 8 pixels around. Blur, normalise, tint by the first three numbers
/// of the code:
///   painting = detail * content + (1 - detail) * (0.5 + 0.1 * (blur - mean) / std + 0.1 * code)
class FakeStyleTransferModel : public inference::StyleTransferModel {
 public:
  static constexpr int kRadius = 8;

  explicit FakeStyleTransferModel(FakeModelLog& log) : log_(log) {}

  void paint(const inference::PaintRequest& request, std::span<float> painting) const override {
    ++log_.paints;
    remember(request);
    const std::size_t plane = request.content.size() / 3;
    const inference::NormStatistics own = statistics_of(request.content);
    const inference::NormStatistics& statistics = request.frozen != nullptr ? *request.frozen : own;
    for (std::size_t c = 0; c < 3; ++c) {
      const std::vector<float> blurred =
          blur(request.content.subspan(c * plane, plane), request.height, request.width);
      for (std::size_t i = 0; i < plane; ++i) {
        const float level = (blurred[i] - statistics.sites[c][0]) / statistics.sites[c][1];
        painting[c * plane + i] = request.detail * request.content[c * plane + i] +
                                  (1 - request.detail) * (0.5f + 0.1f * level + 0.1f * request.code[c]);
      }
    }
    if (log_.paints_nan) painting[plane / 2] = std::numeric_limits<float>::quiet_NaN();
    if (request.collect != nullptr) *request.collect = statistics;
  }

  /// The mean colour of the picture.
  std::vector<float> encode_style(std::span<const float> picture, int height, int width) const override {
    ++log_.encodes;
    const auto plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    std::vector<float> code;
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (const float value : picture.subspan(c * plane, plane)) sum += value;
      code.push_back(static_cast<float>(sum / static_cast<double>(plane)));
    }
    return code;
  }

 private:
  void remember(const inference::PaintRequest& request) const {
    const std::lock_guard lock(log_.mutex);
    log_.last_code.assign(request.code.begin(), request.code.end());
    log_.last_stroke = request.stroke;
    log_.last_detail = request.detail;
    log_.last_height = request.height;
    log_.last_width = request.width;
  }

  static inference::NormStatistics statistics_of(std::span<const float> planes) {
    inference::NormStatistics statistics;
    const std::size_t plane = planes.size() / 3;
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0, squares = 0;
      for (const float value : planes.subspan(c * plane, plane)) sum += value, squares += value * value;
      const double mean = sum / static_cast<double>(plane);
      const double variance = std::max(0.0, squares / static_cast<double>(plane) - mean * mean);
      statistics.sites.push_back({static_cast<float>(mean), static_cast<float>(std::sqrt(variance + 1e-5))});
    }
    return statistics;
  }

  // Mean of the pixel and the four at kRadius pixels from it, borders repeated.
  static std::vector<float> blur(std::span<const float> plane, int height, int width) {
    std::vector<float> blurred(plane.size());
    const auto at = [&](int y, int x) {
      return plane[static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * static_cast<std::size_t>(width) +
                   static_cast<std::size_t>(std::clamp(x, 0, width - 1))];
    };
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        blurred[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
            (at(y - kRadius, x) + at(y + kRadius, x) + at(y, x - kRadius) + at(y, x + kRadius) + at(y, x)) /
            5;
      }
    }
    return blurred;
  }

  FakeModelLog& log_;
};

}  // namespace atelier::test
