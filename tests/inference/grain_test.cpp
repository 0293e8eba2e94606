#include "atelier/inference/grain.h"

#include <gtest/gtest.h>

#include <cmath>

namespace atelier::inference {
namespace {

Image plain(std::uint16_t value) {
  Image image(128, 128, Depth::U16);
  for (std::uint16_t& sample : image.rgb16()) sample = value;
  return image;
}

Image grained(std::uint16_t value, const Grain& grain) {
  Image image = plain(value);
  add_grain(image, grain);
  return image;
}

struct Noise {
  double mean = 0, deviation = 0, neighbours = 0;  // neighbours: correlation of pixels side by side
};

Noise noise_of(const Image& image) {
  const std::vector<float> planes = image.to_planar();
  Noise noise;
  const double count = static_cast<double>(image.pixels());
  for (std::size_t i = 0; i < image.pixels(); ++i) noise.mean += planes[i] / count;
  double variance = 0, products = 0;
  for (std::size_t i = 1; i < image.pixels(); ++i) {
    variance += std::pow(planes[i] - noise.mean, 2) / count;
    products += (planes[i] - noise.mean) * (planes[i - 1] - noise.mean) / count;
  }
  noise.deviation = std::sqrt(variance);
  noise.neighbours = products / variance;
  return noise;
}

TEST(Grain, RepeatsForASeedAndDiffersForAnother) {
  EXPECT_EQ(grained(30000, {0.5f, 1.5f, 7}), grained(30000, {0.5f, 1.5f, 7}));
  EXPECT_NE(grained(30000, {0.5f, 1.5f, 7}), grained(30000, {0.5f, 1.5f, 8}));
}

TEST(Grain, IsAsStrongAsAskedInTheMiddleTonesWhateverItsSize) {
  for (const float size : {0.5f, 1.5f, 4.0f}) {
    const Noise noise = noise_of(grained(32768, {0.5f, size, 1}));
    EXPECT_NEAR(noise.deviation, 0.05, 0.006) << size;
    EXPECT_NEAR(noise.mean, 0.5, 0.01) << size;
  }
}

TEST(Grain, LeavesBlackAndWhiteCleanAndShadowsQuieter) {
  EXPECT_EQ(grained(0, {1, 1.5f, 1}), plain(0));
  EXPECT_EQ(grained(65535, {1, 1.5f, 1}), plain(65535));
  EXPECT_LT(noise_of(grained(6554, {0.5f, 1.5f, 1})).deviation, 0.025);
}

TEST(Grain, GrowsCoarserWithItsSize) {
  const double fine = noise_of(grained(32768, {0.5f, 0.5f, 1})).neighbours,
               middle = noise_of(grained(32768, {0.5f, 2, 1})).neighbours,
               coarse = noise_of(grained(32768, {0.5f, 6, 1})).neighbours;
  EXPECT_LT(fine, 0.3);
  EXPECT_GT(middle, fine + 0.2);
  EXPECT_GT(coarse, middle + 0.1);
}

TEST(Grain, OfStrengthZeroChangesNothing) {
  EXPECT_EQ(grained(20000, {0, 1.5f, 1}), plain(20000));
}

}  // namespace
}  // namespace atelier::inference
