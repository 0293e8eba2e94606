#include "atelier/image/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "fixtures.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

using ::testing::Each;

TEST(Resize, GivesExactlyTheAskedSize) {
  for (int from = 1; from <= 67; from += 3) {
    const Image source = synthetic_photo(from, 1 + from * 7 % 67, 1);
    for (int to = 1; to <= 67; to += 2) {
      const Image result = resize(source, to, 1 + to * 5 % 67);
      ASSERT_EQ(result.width(), to);
      ASSERT_EQ(result.height(), 1 + to * 5 % 67);
    }
  }
}

TEST(Resize, KeepsFlatColourExact) {
  Image flat_image(50, 40);
  for (std::size_t i = 0; i < flat_image.rgb8().size(); ++i) {
    flat_image.rgb8()[i] = std::array<std::uint8_t, 3>{200, 30, 90}[i % 3];
  }
  for (const auto& [width, height] : {std::pair{7, 5}, {50, 20}, {131, 77}, {1, 1}}) {
    const Image result = resize(flat_image, width, height);
    for (std::size_t i = 0; i < result.rgb8().size(); ++i) {
      ASSERT_EQ(result.rgb8()[i], (std::array<std::uint8_t, 3>{200, 30, 90}[i % 3]))
          << width << "x" << height;
    }
  }
}

TEST(Resize, KeepsTheMeanAtEveryScale) {
  const Image photo = synthetic_photo(1500, 900, 1);
  const auto mean = [](const Image& image) {
    return std::accumulate(image.rgb8().begin(), image.rgb8().end(), 0.0) /
           static_cast<double>(image.rgb8().size());
  };
  for (const int factor : {2, 5, 10, 30, 150, 900}) {
    const Image small = resize(photo, 1500 / factor, 900 / factor);
    EXPECT_NEAR(mean(small), mean(photo), factor == 900 ? 8.0 : 1.0) << factor;
  }
}

TEST(Resize, DoesNotAlias) {
  // One-pixel stripes hold nothing that a third of the size could show.
  Image stripes(300, 30);
  for (std::size_t i = 0; i < stripes.pixels(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) stripes.rgb8()[3 * i + c] = i % 2 == 0 ? 255 : 0;
  }
  const Image small = resize(stripes, 100, 10);
  for (int x = 5; x < 95; ++x) EXPECT_NEAR(pixel(small, x, 5)[0], 128, 12);
}

TEST(Resize, DoesNotShiftThePicture) {
  Image dot(60, 60);
  for (int y = 28; y < 32; ++y) {
    for (int x = 28; x < 32; ++x) dot.rgb8()[static_cast<std::size_t>(3 * (y * 60 + x))] = 255;
  }
  const Image small = resize(dot, 30, 30);
  EXPECT_EQ(pixel(small, 14, 14)[0], pixel(small, 15, 15)[0]);
  EXPECT_EQ(pixel(small, 13, 14)[0], pixel(small, 16, 15)[0]);
}

TEST(Resize, LeavesNoDarkFringeAroundTransparency) {
  // White where opaque, black where hidden.
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    Image image(64, 64);
    image.add_alpha();
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 64; ++x) {
        const bool inside = (x - 32) * (x - 32) + (y - 32) * (y - 32) < 400;
        const auto at = static_cast<std::size_t>(y * 64 + x);
        image.alpha8()[at] = inside ? 255 : 0;
        std::fill_n(image.rgb8().begin() + static_cast<std::ptrdiff_t>(3 * at), 3, inside ? 255 : 0);
      }
    }
    for (const int side : {17, 32, 100}) {
      const Image result = resize(image.to_depth(depth), side, side).to_depth(Depth::U8);
      int edges = 0;
      for (std::size_t i = 0; i < result.pixels(); ++i) {
        if (result.alpha8()[i] < 8) continue;
        edges += result.alpha8()[i] < 255 ? 1 : 0;
        ASSERT_GE(result.rgb8()[3 * i], 250) << "alpha " << int{result.alpha8()[i]};
      }
      EXPECT_GT(edges, 10);
    }
  }
}

TEST(Resize, KeepsColourBelowFullTransparency) {
  Image image(20, 20);
  std::fill(image.rgb8().begin(), image.rgb8().end(), 90);
  image.add_alpha();
  std::fill(image.alpha8().begin(), image.alpha8().end(), 0);
  const Image result = resize(image, 7, 7);
  EXPECT_THAT(result.rgb8(), Each(90));
  EXPECT_THAT(result.alpha8(), Each(0));
}

TEST(Resize, KeepsDepthProfileAndTheSameSize) {
  Image image = synthetic_photo(20, 10, 1).to_depth(Depth::U16);
  image.set_icc_profile({1, 2, 3});
  EXPECT_EQ(resize(image, 20, 10), image);
  const Image small = resize(image, 10, 5);
  EXPECT_EQ(small.depth(), Depth::U16);
  EXPECT_EQ(small.icc_profile().size(), 3U);
}

TEST(Resize, RefusesNonsense) {
  EXPECT_THROW(resize(Image(2, 2), 0, 1), Error);
  EXPECT_THROW(resize(Image(), 1, 1), Error);
}

TEST(Crop, CutsTheRectangleWithAlpha) {
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    Image image = synthetic_photo(20, 10, 1).to_depth(depth);
    image.add_alpha();
    const Image part = crop(image, 3, 4, 5, 6);
    EXPECT_EQ(part.width(), 5);
    EXPECT_EQ(part.height(), 6);
    EXPECT_TRUE(part.has_alpha());
    for (int y = 0; y < 6; ++y) {
      for (int x = 0; x < 5; ++x) EXPECT_EQ(pixel(part, x, y), pixel(image, x + 3, y + 4));
    }
    EXPECT_EQ(crop(image, 0, 0, 20, 10), image);
  }
}

TEST(Crop, RefusesWhatLiesOutside) {
  const Image image(20, 10);
  EXPECT_THROW(crop(image, -1, 0, 5, 5), Error);
  EXPECT_THROW(crop(image, 16, 0, 5, 5), Error);
  EXPECT_THROW(crop(image, 0, 6, 5, 5), Error);
  EXPECT_THROW(crop(image, 0, 0, 0, 5), Error);
  EXPECT_THROW(crop(image, 2'000'000'000, 0, 2'000'000'000, 5), Error);
}

}  // namespace
}  // namespace atelier::test
