#include "atelier/weights/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "atelier/core/error.h"

namespace atelier::weights {
namespace {

// Straight from IEEE 754: sign, five exponent bits, ten of fraction.
double half_by_definition(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(Half, WidensEveryOneOf65536Exactly) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const double exact = half_by_definition(static_cast<std::uint16_t>(bits));
    const float wide = half_to_float(static_cast<std::uint16_t>(bits));
    if (std::isnan(exact)) {
      EXPECT_TRUE(std::isnan(wide)) << bits;
    } else {
      EXPECT_EQ(wide, exact) << bits;
      EXPECT_EQ(std::signbit(wide), std::signbit(exact)) << bits;
    }
  }
}

TEST(Half, EveryHalfSurvivesTheRoundTrip) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float wide = half_to_float(half);
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(wide))));
    } else {
      EXPECT_EQ(float_to_half(wide), half);
    }
  }
}

TEST(Half, RoundsToNearestAndTiesToEven) {
  for (std::uint16_t low = 0; low < 0x7bff; ++low) {
    const auto high = static_cast<std::uint16_t>(low + 1);
    const float middle = (half_to_float(low) + half_to_float(high)) / 2;  // exact in float
    const std::uint16_t even = low % 2 == 0 ? low : high;
    EXPECT_EQ(float_to_half(middle), even) << low;
    EXPECT_EQ(float_to_half(std::nextafter(middle, 0.0f)), low) << low;
    EXPECT_EQ(float_to_half(std::nextafter(middle, INFINITY)), high) << low;
    EXPECT_EQ(float_to_half(-middle), even | 0x8000) << low;
  }
}

TEST(Half, OverflowsToInfinityAndUnderflowsToSignedZero) {
  EXPECT_EQ(float_to_half(65519.99f), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0f), 0x7c00);
  EXPECT_EQ(float_to_half(std::numeric_limits<float>::max()), 0x7c00);
  EXPECT_EQ(float_to_half(-INFINITY), 0xfc00);
  EXPECT_EQ(float_to_half(0x1p-25f), 0);
  EXPECT_EQ(float_to_half(-0x1p-30f), 0x8000);
  EXPECT_EQ(float_to_half(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(Half, KeepsANanWhosePayloadIsInTheLowBits) {
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(std::bit_cast<float>(0x7f800001u)))));
  EXPECT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(std::bit_cast<float>(0x7f800001u)))));
}

TEST(Bfloat16, IsTheUpperHalfOfAFloatRoundedToEven) {
  for (unsigned bits = 0; bits < 0x7f7f; ++bits) {
    const auto low = static_cast<std::uint16_t>(bits);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(bfloat16_to_float(low)), bits << 16);
    EXPECT_EQ(float_to_bfloat16(std::bit_cast<float>(bits << 16 | 0x7fff)), low);
    EXPECT_EQ(float_to_bfloat16(std::bit_cast<float>(bits << 16 | 0x8000)), low + low % 2);
    EXPECT_EQ(float_to_bfloat16(std::bit_cast<float>(bits << 16 | 0x8001)), low + 1);
  }
  EXPECT_EQ(float_to_bfloat16(std::numeric_limits<float>::max()), 0x7f80);
}

TEST(Half, BulkAgreesWithOneByOneAtAnyAlignment) {
  std::vector<float> values;
  for (int i = -300; i < 300; ++i)
    values.push_back(std::ldexp(1.0f + 0.0371f * static_cast<float>(i), i / 12));
  std::vector<std::byte> buffer(2 * values.size() + 1);
  const auto odd = std::span(buffer).subspan(1);
  std::vector<float> back(values.size());

  float_to_half(values, odd);
  half_to_float(odd, back);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(back[i], half_to_float(float_to_half(values[i])));

  float_to_bfloat16(values, odd);
  bfloat16_to_float(odd, back);
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(back[i], bfloat16_to_float(float_to_bfloat16(values[i])));
}

TEST(Half, BulkRefusesBuffersOfDifferentLength) {
  std::vector<std::byte> three(3);
  std::vector<float> two(2);
  EXPECT_THROW(half_to_float(three, two), Error);
  EXPECT_THROW(float_to_half(two, three), Error);
}

}  // namespace
}  // namespace atelier::weights
