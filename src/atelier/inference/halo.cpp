#include "atelier/inference/halo.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "atelier/inference/detail/luma.h"
#include "atelier/inference/detail/samples.h"
#include "atelier/inference/detail/smoothstep.h"

namespace atelier::inference {
namespace {

constexpr int kEdge = 3;     // pixels to either side within which an edge rises
constexpr int kSeam = 4;     // pixels: how far from it a seam reaches
constexpr int kAround = 16;  // pixels to either side that the line is fitted to
constexpr int kMargin = kEdge + kSeam + kAround;
constexpr int kStrip = 256;  // rows at a time, so that a large painting takes little memory
constexpr float kLeastWeight = 1e-3f, kLeastVariance = 1e-4f;

// Luma 0..1, or what is computed from it: rows of a picture.
struct Strip {
  Strip(int w, int h)
      : width(w), height(h), values(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}

  float* row(int y) { return values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width); }
  const float* row(int y) const {
    return values.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
  }

  int width, height;
  std::vector<float> values;
};

float rise(float from, float to, float x) {
  return detail::smoothstep(std::clamp((x - from) / (to - from), 0.0f, 1.0f));
}

Strip luma_strip(const Image& picture, int top, int height) {
  Strip strip(picture.width(), height);
  const detail::Samples samples(picture);
  const std::size_t first = static_cast<std::size_t>(top) * static_cast<std::size_t>(picture.width());
  for (std::size_t i = 0; i < strip.values.size(); ++i) strip.values[i] = detail::luma(samples, first + i);
  return strip;
}

// Means over `reach` values to either side; fewer at the ends.
void mean_along(const float* from, float* to, int count, int reach) {
  double sum = 0;
  for (int i = 0; i < std::min(reach, count); ++i) sum += from[i];
  for (int i = 0; i < count; ++i) {
    if (i + reach < count) sum += from[i + reach];
    if (i > reach) sum -= from[i - reach - 1];
    const int seen = std::min(i + reach, count - 1) - std::max(i - reach, 0) + 1;
    to[i] = static_cast<float>(sum / seen);
  }
}

Strip box_mean(const Strip& strip, int reach) {
  Strip rows(strip.width, strip.height);
  for (int y = 0; y < strip.height; ++y) mean_along(strip.row(y), rows.row(y), strip.width, reach);
  // Down the columns, all of a row at once: its neighbours share cache lines.
  Strip mean(strip.width, strip.height);
  std::vector<double> sums(static_cast<std::size_t>(strip.width));
  const auto add = [&](int y, double sign) {
    const float* row = rows.row(y);
    for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += sign * row[x];
  };
  for (int y = 0; y < std::min(reach, strip.height); ++y) add(y, 1);
  for (int y = 0; y < strip.height; ++y) {
    if (y + reach < strip.height) add(y + reach, 1);
    if (y > reach) add(y - reach - 1, -1);
    const int seen = std::min(y + reach, strip.height - 1) - std::max(y - reach, 0) + 1;
    float* to = mean.row(y);
    for (std::size_t x = 0; x < sums.size(); ++x) to[x] = static_cast<float>(sums[x] / seen);
  }
  return mean;
}

// What `pick`, std::max or std::min, leaves of the values around.
template <typename Pick>
Strip picked_around(const Strip& strip, int reach, Pick pick) {
  Strip rows = strip;
  for (int y = 0; y < strip.height; ++y) {
    const float* from = strip.row(y);
    float* to = rows.row(y);
    for (int step = 1; step <= std::min(reach, strip.width - 1); ++step) {
      // Two loops: one that wrote to both places would not be vectorised.
      for (int x = 0; x < strip.width - step; ++x) to[x] = pick(to[x], from[x + step]);
      for (int x = step; x < strip.width; ++x) to[x] = pick(to[x], from[x - step]);
    }
  }
  Strip picked = rows;
  for (int y = 0; y < strip.height; ++y) {
    float* to = picked.row(y);
    for (int other = std::max(0, y - reach); other <= std::min(strip.height - 1, y + reach); ++other) {
      const float* from = rows.row(other);
      for (int x = 0; x < strip.width; ++x) to[x] = pick(to[x], from[x]);
    }
  }
  return picked;
}

// 0..1: near one of the photo's strong edges, sharp or a few pixels wide.
Strip near_edges(const Strip& photo) {
  const auto highest = [](float a, float b) { return std::max(a, b); };
  Strip step = picked_around(photo, kEdge, highest);
  const Strip least = picked_around(photo, kEdge, [](float a, float b) { return std::min(a, b); });
  for (std::size_t i = 0; i < step.values.size(); ++i)
    step.values[i] = rise(0.08f, 0.2f, step.values[i] - least.values[i]);
  return picked_around(step, kSeam, highest);
}

// Means over kAround of weight * a * b, over the weight's own mean.
Strip weighted_mean(const Strip& weight, const Strip& mean_weight, const Strip& a, const Strip* b = nullptr) {
  Strip product = weight;
  for (std::size_t i = 0; i < product.values.size(); ++i)
    product.values[i] *= b == nullptr ? a.values[i] : a.values[i] * b->values[i];
  Strip mean = box_mean(product, kAround);
  for (std::size_t i = 0; i < mean.values.size(); ++i) mean.values[i] /= mean_weight.values[i];
  return mean;
}

// How much too light every pixel is.
Strip halos(const Strip& photo, const Strip& painting) {
  const Strip near = near_edges(photo);
  Strip weight = near;
  for (float& value : weight.values) value = 1 - value + kLeastWeight;
  const Strip seen = box_mean(weight, kAround);
  const auto mean = [&](const Strip& a, const Strip* b = nullptr) {
    return weighted_mean(weight, seen, a, b);
  };
  const Strip p = mean(photo), y = mean(painting), pp = mean(photo, &photo), py = mean(photo, &painting),
              yy = mean(painting, &painting);
  const Strip around = box_mean(photo, kAround);
  Strip halo(photo.width, photo.height);
  for (std::size_t i = 0; i < halo.values.size(); ++i) {
    if (near.values[i] == 0) continue;
    const float together = py.values[i] - p.values[i] * y.values[i];
    const float slope =
        together / (std::max(0.0f, pp.values[i] - p.values[i] * p.values[i]) + kLeastVariance);
    const float brushwork =
        std::sqrt(std::max(0.0f, yy.values[i] - y.values[i] * y.values[i] - slope * together));
    const float excess =
        painting.values[i] - (y.values[i] + slope * (photo.values[i] - p.values[i])) - brushwork;
    // Where hardly a pixel lies off the edges there is nothing to go by.
    halo.values[i] = std::max(0.0f, excess) * near.values[i] *
                     rise(0, 0.03f, photo.values[i] - around.values[i]) * rise(0.1f, 0.35f, seen.values[i]);
  }
  return halo;
}

Strip rows_of(const Strip& strip, int top, int height) {
  Strip rows(strip.width, height);
  std::copy_n(strip.row(top), rows.values.size(), rows.values.begin());
  return rows;
}

}  // namespace

void suppress_halos(const Image& photo, Image& painting) {
  const int width = painting.width(), height = painting.height();
  const Strip luma = luma_strip(painting, 0, height);
  const std::span<std::uint16_t> samples = painting.rgb16();
  for (int top = 0; top < height; top += kStrip) {
    const int bottom = std::min(height, top + kStrip);
    const int from = std::max(0, top - kMargin), to = std::min(height, bottom + kMargin);
    const Strip halo = halos(luma_strip(photo, from, to - from), rows_of(luma, from, to - from));
    auto* sample = samples.data() + 3 * static_cast<std::size_t>(top) * static_cast<std::size_t>(width);
    for (int y = top; y < bottom; ++y) {
      const float* row = halo.row(y - from);
      for (int x = 0; x < width; ++x) {
        for (int channel = 0; channel < 3; ++channel, ++sample) {
          const float value = static_cast<float>(*sample) - 65535 * row[x];
          *sample = static_cast<std::uint16_t>(std::max(0.0f, value) + 0.5f);
        }
      }
    }
  }
}

}  // namespace atelier::inference
