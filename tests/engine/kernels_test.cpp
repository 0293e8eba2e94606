#include "atelier/engine/detail/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "atelier/engine/detail/arena.h"
#include "engine/reference_networks.h"
#include "engine/wide_kernels.h"

namespace atelier::engine::detail {
namespace {

using test::random_floats;

AlignedBuffer random_buffer(std::size_t floats, std::uint32_t seed, float low = -1, float high = 1) {
  AlignedBuffer buffer(floats);
  const std::vector<float> values = random_floats(floats, low, high, seed);
  std::copy(values.begin(), values.end(), buffer.data());
  return buffer;
}

std::vector<const Kernels*> kernels_of_this_processor() {
  std::vector<const Kernels*> all = {&generic_kernels(), &wide_kernels()};
  if (const Kernels* found = avx2_kernels()) all.push_back(found);
  if (const Kernels* found = avx512_kernels()) all.push_back(found);
  return all;
}

class EveryKernel : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels = *GetParam();
};

INSTANTIATE_TEST_SUITE_P(Isa, EveryKernel, testing::ValuesIn(kernels_of_this_processor()),
                         [](const auto& isa) { return isa.param->name; });

TEST_P(EveryKernel, MultipliesMatricesOfAnyHeightAndDepth) {
  for (const int rows : {1, 2, 5, 6, 7, 13, 32}) {
    for (const int k : {1, 12, 33}) {
      for (const int n : {16, 48, 64}) {
        const std::size_t stride = static_cast<std::size_t>(k + 3);
        const AlignedBuffer a = random_buffer(static_cast<std::size_t>(rows) * stride, 1);
        const AlignedBuffer b = random_buffer(static_cast<std::size_t>(k * n), 2);
        AlignedBuffer packed(packed_size(k, n));
        pack_panels(kernels, b.data(), k, n, packed.data());
        AlignedBuffer c(static_cast<std::size_t>(rows * n));
        kernels.multiply(a.data(), stride, packed.data(), rows, k, n, c.data(), static_cast<std::size_t>(n));
        for (int i = 0; i < rows; ++i) {
          for (int j = 0; j < n; ++j) {
            double expected = 0;
            for (int l = 0; l < k; ++l) {
              expected += static_cast<double>(
                              a.data()[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(l)]) *
                          b.data()[l * n + j];
            }
            ASSERT_NEAR(c.data()[i * n + j], expected, 1e-5) << rows << " x " << k << " x " << n;
          }
        }
      }
    }
  }
}

TEST_P(EveryKernel, TransformsInputTilesAsTheMatricesSay) {
  constexpr double kB[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                               {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
  constexpr int kChannels = 32;
  const AlignedBuffer x = random_buffer(36 * kChannels, 3), scale = random_buffer(kChannels, 4),
                      shift = random_buffer(kChannels, 5);
  const float* pixels[36];
  for (int i = 0; i < 36; ++i) pixels[i] = x.data() + i * kChannels;
  for (const bool affine : {false, true}) {
    AlignedBuffer out(36 * 40);
    kernels.input_transform(pixels, kChannels, affine ? scale.data() : nullptr, shift.data(), out.data(), 40);
    for (int c = 0; c < kChannels; ++c) {
      const auto pixel = [&](int i) {
        const double value = pixels[i][c];
        return affine ? std::max(0.0, value * scale.data()[c] + shift.data()[c]) : value;
      };
      for (int v = 0; v < 6; ++v) {
        for (int u = 0; u < 6; ++u) {
          double expected = 0;
          for (int y = 0; y < 6; ++y) {
            for (int xx = 0; xx < 6; ++xx) expected += kB[v][y] * kB[u][xx] * pixel(y * 6 + xx);
          }
          ASSERT_NEAR(out.data()[(v * 6 + u) * 40 + c], expected, 2e-5);
        }
      }
    }
  }
}

TEST_P(EveryKernel, TransformsOutputTilesAndSumsOnlyWhatItWrites) {
  constexpr double kA[4][6] = {
      {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};
  constexpr int kChannels = 16;
  const AlignedBuffer m = random_buffer(36 * kChannels, 6), bias = random_buffer(kChannels, 7);
  for (const int height : {1, 3, 4}) {
    for (const int width : {2, 4}) {
      for (const bool relu : {false, true}) {
        AlignedBuffer out(16 * kChannels), sums(3 * kChannels);
        std::fill_n(out.data(), out.size(), 77.0f);
        const BlockSums block{sums.data(), sums.data() + kChannels, sums.data() + 2 * kChannels};
        kernels.output_transform(m.data(), kChannels, kChannels, bias.data(), relu, height, width, out.data(),
                                 4 * kChannels, kChannels, &block, true);
        for (int c = 0; c < kChannels; ++c) {
          double sum = 0, square = 0;
          const double reference = out.data()[c];
          for (int y = 0; y < 4; ++y) {
            for (int x = 0; x < 4; ++x) {
              const float got = out.data()[(y * 4 + x) * kChannels + c];
              if (y >= height || x >= width) {
                ASSERT_EQ(got, 77.0f);
                continue;
              }
              double expected = bias.data()[c];
              for (int v = 0; v < 6; ++v) {
                for (int u = 0; u < 6; ++u)
                  expected += kA[y][v] * kA[x][u] * m.data()[(v * 6 + u) * kChannels + c];
              }
              if (relu) expected = std::max(expected, 0.0);
              ASSERT_NEAR(got, expected, 2e-4);
              sum += got - reference;
              square += (got - reference) * (got - reference);
            }
          }
          ASSERT_EQ(block.reference[c], static_cast<float>(reference));
          ASSERT_NEAR(block.sum[c], sum, 1e-3);
          ASSERT_NEAR(block.square[c], square, 1e-3 * (1 + square));
        }
      }
    }
  }
}

TEST_P(EveryKernel, AppliesAffinePassesAsWritten) {
  constexpr int kChannels = 16, kPixels = 5;
  const AlignedBuffer x = random_buffer(kChannels * kPixels, 8), y = random_buffer(kChannels * kPixels, 9),
                      scale = random_buffer(kChannels, 10), shift = random_buffer(kChannels, 11),
                      y_scale = random_buffer(kChannels, 12);
  const auto copied = [&] {
    AlignedBuffer copy(x.size());
    std::copy_n(x.data(), x.size(), copy.data());
    return copy;
  };
  AlignedBuffer relu = copied(), added = copied(), merged = copied(), alone = copied();
  kernels.affine_relu(relu.data(), kPixels, kChannels, scale.data(), shift.data());
  kernels.add_affine(added.data(), y.data(), kPixels, kChannels, scale.data(), shift.data());
  kernels.merge_relu(merged.data(), y.data(), kPixels, kChannels, scale.data(), shift.data(), y_scale.data());
  kernels.merge_relu(alone.data(), nullptr, kPixels, kChannels, scale.data(), shift.data(), nullptr);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % kChannels;
    const double a = x.data()[i], b = y.data()[i], s = scale.data()[c], t = shift.data()[c];
    EXPECT_NEAR(relu.data()[i], std::max(0.0, a * s + t), 1e-6);
    EXPECT_NEAR(added.data()[i], a + b * s + t, 1e-6);
    EXPECT_NEAR(merged.data()[i], std::max(0.0, a * s + t + b * y_scale.data()[c]), 1e-6);
    EXPECT_EQ(alone.data()[i], relu.data()[i]);
  }
}

TEST_P(EveryKernel, PoolsTheLargestOfFour) {
  constexpr int kChannels = 16, kWidth = 3;
  const AlignedBuffer top = random_buffer(2 * kWidth * kChannels, 13),
                      bottom = random_buffer(2 * kWidth * kChannels, 14);
  AlignedBuffer out(kWidth * kChannels);
  kernels.max_pool(top.data(), bottom.data(), kWidth, kChannels, out.data());
  for (int x = 0; x < kWidth; ++x) {
    for (int c = 0; c < kChannels; ++c) {
      const int left = 2 * x * kChannels + c, right = left + kChannels;
      EXPECT_EQ(out.data()[x * kChannels + c], std::max(std::max(top.data()[left], top.data()[right]),
                                                        std::max(bottom.data()[left], bottom.data()[right])));
    }
  }
}

TEST_P(EveryKernel, ComputesTheSigmoidOverItsWholeRange) {
  constexpr std::size_t kCount = 16 * 1000;
  AlignedBuffer x(kCount);
  for (std::size_t i = 0; i < kCount; ++i) x.data()[i] = (static_cast<float>(i) - kCount / 2) * 0.0125f;
  AlignedBuffer y(kCount);
  std::copy_n(x.data(), kCount, y.data());
  kernels.sigmoid(y.data(), kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    const double expected = 1 / (1 + std::exp(-static_cast<double>(x.data()[i])));
    ASSERT_NEAR(y.data()[i], expected, 2e-7) << x.data()[i];
    ASSERT_GE(y.data()[i], 0.0f);
    ASSERT_LE(y.data()[i], 1.0f);
  }
}

TEST(PackPanels, NarrowsTheLastPanel) {
  const Kernels& kernels = generic_kernels();
  constexpr int kWidth = 16;
  std::vector<float> b(2 * kWidth), packed(2 * kWidth);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i);
  pack_panels(kernels, b.data(), 2, kWidth, packed.data());
  EXPECT_EQ(packed[static_cast<std::size_t>(kernels.panel)], 16.0f) << "row 1 follows row 0 within a panel";
}

}  // namespace
}  // namespace atelier::engine::detail
