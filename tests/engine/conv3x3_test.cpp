#include "atelier/engine/detail/conv3x3.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/passes.h"
#include "atelier/engine/detail/pointwise_conv.h"
#include "engine/reference_networks.h"
#include "engine/wide_kernels.h"

namespace atelier::engine::detail {
namespace {

using test::Border;
using test::Map;
using test::random_floats;
using test::relative_rms;

constexpr double kBound = 2e-6;  // relative RMS error of Winograd in fp32

/// A map with its memory.
struct OwnedMap {
  OwnedMap(int height, int width, int channels)
      : channels(channels),
        buffer(static_cast<std::size_t>(height * width * padded_channels(channels))),
        map{buffer.data(), height, width, padded_channels(channels)} {
    std::fill_n(buffer.data(), buffer.size(), 0.0f);
  }
  explicit OwnedMap(const Map& from) : OwnedMap(from.height, from.width, from.channels) {
    for (int c = 0; c < channels; ++c) {
      for (int y = 0; y < map.height; ++y) {
        for (int x = 0; x < map.width; ++x) map.at(y, x)[c] = static_cast<float>(from.at(c, y, x));
      }
    }
  }
  std::vector<float> planar() const {
    std::vector<float> values;
    for (int c = 0; c < channels; ++c) {
      for (int y = 0; y < map.height; ++y) {
        for (int x = 0; x < map.width; ++x) values.push_back(map.at(y, x)[c]);
      }
    }
    return values;
  }

  int channels;
  AlignedBuffer buffer;
  FeatureMap map;
};

Map random_map(int channels, int height, int width, std::uint32_t seed) {
  return test::to_map(random_floats(static_cast<std::size_t>(channels * height * width), -1, 1, seed),
                      channels, height, width);
}

std::vector<float> random_weight(int out, int in, int side, std::uint32_t seed) {
  return random_floats(static_cast<std::size_t>(out * in * side * side), -1, 1, seed);
}

std::optional<ChannelMoments> run(const Conv3x3& conv, const TileSource& source, const TileSink& sink,
                                  bool moments, int threads = 1) {
  AlignedBuffer scratch(conv.scratch_floats(source.height(), source.width(), threads));
  return conv.run(source, sink, moments, scratch.data(), threads);
}

class ConvOfSize : public testing::TestWithParam<std::pair<int, int>> {
 protected:
  int height = GetParam().first, width = GetParam().second;
};

INSTANTIATE_TEST_SUITE_P(Sizes, ConvOfSize,
                         testing::Values(std::pair{2, 2}, std::pair{3, 5}, std::pair{4, 4}, std::pair{6, 50},
                                         std::pair{16, 24}, std::pair{10, 14}, std::pair{9, 21},
                                         std::pair{56, 40}),
                         [](const auto& size) {
                           return std::to_string(size.param.first) + "x" + std::to_string(size.param.second);
                         });

TEST_P(ConvOfSize, EqualsPlainLoopsWithEveryPadding) {
  const Map x = random_map(20, height, width, 1);
  const std::vector<float> weight = random_weight(35, 20, 3, 2);
  const OwnedMap from(x);
  for (const auto& [padding, border] : {std::pair{Padding::Reflect, Border::Reflect},
                                        {Padding::Replicate, Border::Replicate},
                                        {Padding::Zero, Border::Zero}}) {
    OwnedMap to(height, width, 35);
    run(Conv3x3(best_kernels(), weight, 35, 20), MapSource(from.map, padding), MapSink(to.map), false);
    EXPECT_LT(relative_rms(to.planar(), test::convolve(x, weight, {}, 35, 3, border).values), kBound);
  }
}

TEST_P(ConvOfSize, ReadsThroughAffineAndRelu) {
  Map x = random_map(16, height, width, 3);
  const OwnedMap from(x), scale(random_map(16, 1, 1, 4)), shift(random_map(16, 1, 1, 5));
  for (int c = 0; c < 16; ++c) {
    for (int y = 0; y < height; ++y) {
      for (int xx = 0; xx < width; ++xx) {
        x.at(c, y, xx) = std::max(0.0, x.at(c, y, xx) * scale.buffer.data()[c] + shift.buffer.data()[c]);
      }
    }
  }
  const std::vector<float> weight = random_weight(16, 16, 3, 6);
  OwnedMap to(height, width, 16);
  run(Conv3x3(best_kernels(), weight, 16, 16),
      MapSource(from.map, Padding::Reflect, {scale.buffer.data(), shift.buffer.data()}), MapSink(to.map),
      false);
  EXPECT_LT(relative_rms(to.planar(), test::convolve(x, weight, {}, 16, 3, Border::Reflect).values), kBound);
}

TEST_P(ConvOfSize, DoublesAsBilinearAndConvolutionDo) {
  const Map x = random_map(24, height, width, 7);
  const std::vector<float> weight = random_weight(10, 24, 3, 8);
  OwnedMap to(2 * height, 2 * width, 10);
  const OwnedMap from(x);
  const auto moments = run(Conv3x3::upsampling(best_kernels(), weight, 10, 24),
                           MapSource(from.map, Padding::Replicate), ShuffleSink(to.map), true);
  const Map expected = test::convolve(test::bilinear_double(x), weight, {}, 10, 3, Border::Replicate);
  EXPECT_LT(relative_rms(to.planar(), expected.values), kBound);
  double mean = 0;
  for (int i = 0; i < 4 * height * width; ++i) mean += expected.values[static_cast<std::size_t>(i)];
  EXPECT_NEAR(moments->mean[0], mean / (4 * height * width), 1e-5);
}

TEST_P(ConvOfSize, MeasuresMeanAndVarianceOfWhatItWrites) {
  const Map x = random_map(12, height, width, 9);
  const std::vector<float> weight = random_weight(16, 12, 3, 10), bias = random_floats(16, 5, 6, 11);
  AlignedBuffer aligned_bias(16);
  std::copy(bias.begin(), bias.end(), aligned_bias.data());
  const OwnedMap from(x);
  OwnedMap to(height, width, 16);
  const auto moments = run(Conv3x3(best_kernels(), weight, 16, 12), MapSource(from.map, Padding::Zero),
                           MapSink(to.map, aligned_bias.data(), true), true);
  Map expected = test::convolve(x, weight, bias, 16, 3, Border::Zero);
  const int count = height * width;
  for (int c = 0; c < 16; ++c) {
    double mean = 0, variance = 0;
    for (int i = 0; i < count; ++i) {
      double& value = expected.values[static_cast<std::size_t>(c * count + i)];
      value = std::max(value, 0.0);
      mean += value / count;
    }
    for (int i = 0; i < count; ++i) {
      const double d = expected.values[static_cast<std::size_t>(c * count + i)] - mean;
      variance += d * d / count;
    }
    EXPECT_NEAR(moments->mean[static_cast<std::size_t>(c)], mean, 1e-5 * (1 + mean));
    EXPECT_NEAR(moments->variance[static_cast<std::size_t>(c)], variance, 1e-5 * (1 + variance));
  }
}

TEST_P(ConvOfSize, PoolsAsMaxPoolDoes) {
  const Map x = random_map(8, height, width, 12);
  const std::vector<float> weight = random_weight(16, 8, 3, 13), bias(16, 0.0f);
  AlignedBuffer aligned_bias(16);
  std::fill_n(aligned_bias.data(), 16, 0.0f);
  const OwnedMap from(x);
  OwnedMap to(height / 2, width / 2, 16);
  run(Conv3x3(best_kernels(), weight, 16, 8), MapSource(from.map, Padding::Zero),
      PoolSink(to.map, aligned_bias.data()), false);
  Map expected = test::convolve(x, weight, bias, 16, 3, Border::Zero);
  for (double& value : expected.values) value = std::max(value, 0.0);
  EXPECT_LT(relative_rms(to.planar(), test::max_pool(expected).values), kBound);
}

TEST(Conv3x3, GivesTheSameBytesWithAnyNumberOfThreads) {
  if (test::kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer does not know GCC's OpenMP";
  const OwnedMap from(random_map(32, 40, 72, 14));
  const Conv3x3 conv(best_kernels(), random_weight(32, 32, 3, 15), 32, 32);
  std::vector<std::vector<float>> pictures;
  std::vector<std::vector<double>> variances;
  for (const int threads : {1, 2, 3}) {
    OwnedMap to(40, 72, 32);
    variances.push_back(
        run(conv, MapSource(from.map, Padding::Reflect), MapSink(to.map), true, threads)->variance);
    pictures.push_back(to.planar());
  }
  EXPECT_EQ(pictures[0], pictures[1]);
  EXPECT_EQ(pictures[0], pictures[2]);
  EXPECT_EQ(variances[0], variances[1]);
  EXPECT_EQ(variances[0], variances[2]);
}

TEST(Conv3x3, AgreesBetweenInstructionSets) {
  const OwnedMap from(random_map(48, 13, 22, 16));
  const std::vector<float> weight = random_weight(48, 48, 3, 17);
  const auto convolved = [&](const Kernels& kernels) {
    OwnedMap to(13, 22, 48);
    run(Conv3x3(kernels, weight, 48, 48), MapSource(from.map, Padding::Reflect), MapSink(to.map), false);
    return to.planar();
  };
  const std::vector<float> generic = convolved(generic_kernels());
  const std::vector<double> expected(generic.begin(), generic.end());
  EXPECT_LT(relative_rms(convolved(best_kernels()), expected), kBound);
  EXPECT_LT(relative_rms(convolved(wide_kernels()), expected), kBound);
}

TEST_P(ConvOfSize, PointwiseEqualsPlainLoops) {
  const Map x = random_map(24, height, width, 18);
  const std::vector<float> weight = random_weight(24, 24, 1, 19);
  OwnedMap map(x);
  const PointwiseConv conv(best_kernels(), weight, 24);
  AlignedBuffer scratch(conv.scratch_floats(1));
  const auto moments = conv.run(map.map, true, scratch.data(), 1);
  const Map expected = test::convolve(x, weight, {}, 24, 1, Border::Zero);
  EXPECT_LT(relative_rms(map.planar(), expected.values), kBound);
  double mean = 0;
  for (int i = 0; i < height * width; ++i)
    mean += expected.values[static_cast<std::size_t>(i)] / (height * width);
  EXPECT_NEAR(moments->mean[0], mean, 1e-5);
}

TEST(BlurPool, EqualsPlainLoopsAlsoOnTheSmallestMap) {
  for (const auto& [height, width] : {std::pair{2, 2}, {4, 4}, {8, 50}, {30, 6}}) {
    const Map x = random_map(16, height, width, 20);
    const OwnedMap from(x);
    OwnedMap to(height / 2, width / 2, 16);
    AlignedBuffer scratch(from.map.row_floats());
    blur_pool(best_kernels(), from.map, {}, to.map, scratch.data(), 1);
    EXPECT_LT(relative_rms(to.planar(), test::blur_pool(x).values), kBound) << height << "x" << width;
  }
}

TEST(UnshuffleSource, FeedsAConvolutionLikePixelUnshuffle) {
  const std::vector<float> picture = test::synthetic_picture(24, 40, 1);
  const std::vector<float> weight = random_weight(16, 12, 3, 21);
  OwnedMap to(12, 20, 16);
  run(Conv3x3(best_kernels(), weight, 16, 12), UnshuffleSource(picture, 24, 40), MapSink(to.map), false);
  const Map expected = test::convolve(test::pixel_unshuffle(test::to_map(picture, 3, 24, 40)), weight, {}, 16,
                                      3, Border::Reflect);
  EXPECT_LT(relative_rms(to.planar(), expected.values), kBound);
}

}  // namespace
}  // namespace atelier::engine::detail
