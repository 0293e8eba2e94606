#include "atelier/image/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "fixtures.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(Image, StartsBlackWithoutAlpha) {
  const Image image(3, 2);
  EXPECT_EQ(image.rgb8().size(), 18U);
  EXPECT_THAT(image.rgb8(), Each(0));
  EXPECT_FALSE(image.has_alpha());
  EXPECT_TRUE(image.is_opaque());
  EXPECT_TRUE(Image().empty());
}

TEST(Image, RefusesSidesBelowOne) {
  EXPECT_THROW(Image(0, 5), Error);
  EXPECT_THROW(Image(5, -1), Error);
}

TEST(Image, RefusesAccessAtTheWrongDepth) {
  Image image(2, 2, Depth::U16);
  EXPECT_EQ(image.rgb16().size(), 12U);
  EXPECT_THROW(image.rgb8(), Error);
  EXPECT_THROW(image.alpha8(), Error);
  EXPECT_THROW(Image(1, 1).rgb16(), Error);
}

TEST(Image, PlanarFormIsChannelsFirstAndReturnsEveryValue) {
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    Image image(256, 256, depth);
    for (std::size_t i = 0; i < 3 * image.pixels(); ++i) {
      if (depth == Depth::U8) {
        image.rgb8()[i] = static_cast<std::uint8_t>(i % 256);
      } else {
        image.rgb16()[i] = static_cast<std::uint16_t>(i % 65536);
      }
    }
    const std::vector<float> planes = image.to_planar();
    EXPECT_EQ(Image::from_planar(planes, 256, 256, depth), image);
  }
  Image image(2, 1);
  std::copy_n(std::array<std::uint8_t, 6>{255, 0, 51, 0, 255, 102}.begin(), 6, image.rgb8().begin());
  EXPECT_THAT(image.to_planar(), ElementsAre(1.0F, 0.0F, 0.0F, 1.0F, 0.2F, 0.4F));
}

TEST(Image, FromPlanarClampsRoundsAndSurvivesNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> planes = {-0.5F, nan, 0.499F / 255.0F, 2.0F, infinity, 0.501F / 255.0F};
  EXPECT_THAT(Image::from_planar(planes, 1, 2).rgb8(), ElementsAre(0, 0, 255, 0, 255, 1));
  EXPECT_THROW(Image::from_planar(planes, 2, 2), Error);
}

TEST(Image, SixteenBitsHoldEightBitsExactly) {
  const Image image = synthetic_photo(31, 17, 1);
  EXPECT_EQ(image.to_depth(Depth::U16).to_depth(Depth::U8), image);
  Image white(1, 1);
  std::fill(white.rgb8().begin(), white.rgb8().end(), 255);
  EXPECT_THAT(white.to_depth(Depth::U16).rgb16(), Each(65535));
}

TEST(Image, CopiesAlphaBetweenDepths) {
  Image eight(2, 1);
  eight.add_alpha();
  eight.alpha8()[1] = 7;
  Image sixteen(2, 1, Depth::U16);
  sixteen.copy_alpha_from(eight);
  EXPECT_THAT(sixteen.alpha16(), ElementsAre(65535, 7 * 257));
  EXPECT_FALSE(sixteen.is_opaque());
  Image back(2, 1);
  back.copy_alpha_from(sixteen);
  EXPECT_EQ(back, eight);
  back.copy_alpha_from(Image(2, 1));
  EXPECT_FALSE(back.has_alpha());
  EXPECT_THROW(back.copy_alpha_from(Image(1, 2)), Error);
}

TEST(SyntheticPhoto, IsDeterministicAndVaried) {
  const Image photo = synthetic_photo(96, 64, 3);
  EXPECT_EQ(photo, synthetic_photo(96, 64, 3));
  EXPECT_NE(photo, synthetic_photo(96, 64, 4));
  std::array<int, 256> seen{};
  for (const std::uint8_t value : photo.rgb8()) ++seen[value];
  EXPECT_GT(std::count_if(seen.begin(), seen.end(), [](int n) { return n > 0; }), 100);
}

}  // namespace
}  // namespace atelier::test
