#include "atelier/inference/fixed_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace atelier::inference {
namespace {

// Grey, 16 bits: waves and noise, and a pattern of `period` that is `pattern` grey levels (of 255) high.
Image painting(int width, int height, int period, double pattern) {
  Image image(width, height, Depth::U16);
  std::mt19937 random(4);
  const auto samples = image.rgb16();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double noise = static_cast<double>(random()) / 4294967296.0 - 0.5;
      const double print = (x % period == 0) != (y % period == 1) ? 0.5 : -0.5;
      const double grey = 128 + 60 * std::sin(0.05 * x) * std::cos(0.03 * y) + 8 * noise + pattern * print;
      const auto at =
          3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
      for (std::size_t c = 0; c < 3; ++c)
        samples[at + c] = static_cast<std::uint16_t>(std::lround(257 * grey));
    }
  }
  return image;
}

// Root of the mean square difference in grey levels of 255.
double difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb16().size(); ++i) {
    const double d = (a.rgb16()[i] - b.rgb16()[i]) / 257.0;
    sum += d * d;
  }
  return std::sqrt(sum / static_cast<double>(a.rgb16().size()));
}

TEST(FixedPattern, WhatRepeatsEveryFourPixelsIsTakenAway) {
  Image printed = painting(301, 222, 4, 2);
  const Image clean = painting(301, 222, 4, 0);
  const double before = difference(printed, clean);
  remove_fixed_pattern(printed);
  EXPECT_LT(difference(printed, clean), 0.4 * before);
}

TEST(FixedPattern, WhatDoesNotRepeatSoStays) {
  for (const int period : {3, 5, 7}) {
    const Image before = painting(301, 222, period, 40);
    Image after = before;
    remove_fixed_pattern(after);
    EXPECT_LT(difference(after, before), 1) << "period " << period;
  }
}

TEST(FixedPattern, OneColourStaysOneColour) {
  Image black(90, 70, Depth::U16);
  const Image before = black;
  remove_fixed_pattern(black);
  EXPECT_EQ(black, before);
  Image white(90, 70, Depth::U16);
  std::ranges::fill(white.rgb16(), std::uint16_t{65535});
  const Image all = white;
  remove_fixed_pattern(white);
  EXPECT_EQ(white, all);
}

TEST(FixedPattern, PicturesTooSmallToTellAPatternStay) {
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 2}, {1, 400}, {217, 63}}) {
    const Image before = painting(width, height, 4, 10);
    Image small = before;
    remove_fixed_pattern(small);
    EXPECT_EQ(small, before);
  }
}

}  // namespace
}  // namespace atelier::inference
