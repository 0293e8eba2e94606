#include "atelier/inference/tiling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

std::vector<int> coverage(int width, int height, const std::vector<Tile>& tiles) {
  std::vector<int> counts(static_cast<std::size_t>(width * height));
  for (const Tile& tile : tiles) {
    for (int y = tile.inner.y; y < tile.inner.y + tile.inner.height; ++y) {
      for (int x = tile.inner.x; x < tile.inner.x + tile.inner.width; ++x) {
        ++counts[static_cast<std::size_t>(y * width + x)];
      }
    }
  }
  return counts;
}

TEST(Tiling, CoversEveryPixelExactlyOnce) {
  for (const int side : {0, 64, 72, 100, 256}) {
    for (const int width : {1, 7, 63, 64, 65, 129, 200, 333}) {
      for (const int height : {1, 8, 64, 67, 191}) {
        const std::vector<int> counts = coverage(width, height, plan_tiles(width, height, side));
        EXPECT_EQ(std::count(counts.begin(), counts.end(), 1), width * height)
            << width << "x" << height << " in tiles of " << side;
      }
    }
  }
}

TEST(Tiling, GivesTheModelWindowsItAccepts) {
  for (const int side : {0, 64, 100, 256}) {
    for (const int width : {1, 17, 64, 65, 333, 1000}) {
      for (const Tile& tile : plan_tiles(width, 130, side)) {
        const Rect& w = tile.window;
        EXPECT_EQ(w.x % 8 + w.y % 8 + w.width % 8 + w.height % 8, 0);
        EXPECT_GE(w.width, 16);
        EXPECT_GE(w.height, 16);
        EXPECT_GE(w.x, 0);
        EXPECT_LE(w.x, tile.inner.x);
        EXPECT_GE(w.x + w.width, tile.inner.x + tile.inner.width);
      }
    }
  }
}

TEST(Tiling, ShowsTheModelAHaloAroundInnerTiles) {
  for (const Tile& tile : plan_tiles(1000, 1000, 128)) {
    if (tile.inner.x > 0) {
      EXPECT_GE(tile.inner.x - tile.window.x, kHalo);
    }
    const int right = tile.inner.x + tile.inner.width;
    if (right < 1000) {
      EXPECT_GE(tile.window.x + tile.window.width - right, kHalo);
    }
  }
}

TEST(Tiling, PaintsASmallPictureInOneTile) {
  const std::vector<Tile> tiles = plan_tiles(100, 50, 0);
  ASSERT_EQ(tiles.size(), 1u);
  EXPECT_EQ(tiles[0].inner, (Rect{0, 0, 100, 50}));
  EXPECT_EQ(tiles[0].window, (Rect{0, 0, 104, 56}));
}

TEST(Tiling, ReflectsAsOftenAsNeeded) {
  Image row(3, 1);
  for (int x = 0; x < 3; ++x) row.rgb8()[static_cast<std::size_t>(3 * x)] = static_cast<std::uint8_t>(51 * x);
  std::vector<float> planes;
  read_window(row, {0, 0, 16, 16}, planes);
  const int expected[] = {0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1};
  for (std::size_t y = 0; y < 16; ++y) {
    for (std::size_t x = 0; x < 16; ++x) {
      EXPECT_NEAR(planes[16 * y + x], static_cast<float>(expected[x]) * 0.2f, 1e-6f);
    }
  }
}

TEST(Tiling, ReadsAndWritesBackTheSameSamples) {
  const Image photo = test::synthetic_photo(50, 35, 3);
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    const Image original = photo.to_depth(depth);
    Image copy(50, 35, Depth::U16);
    std::vector<float> planes;
    for (const Tile& tile : plan_tiles(50, 35, 16)) {
      read_window(original, tile.window, planes);
      EXPECT_TRUE(write_inner(planes, tile, copy));
    }
    EXPECT_EQ(copy.to_depth(depth), original);
  }
}

TEST(Tiling, NoticesNumbersThatAreNoColours) {
  const Tile tile = plan_tiles(16, 16, 0).front();
  std::vector<float> planes(3 * 16 * 16, 0.5f);
  Image painting(16, 16, Depth::U16);
  EXPECT_TRUE(write_inner(planes, tile, painting));
  planes[700] = std::nanf("");
  EXPECT_FALSE(write_inner(planes, tile, painting));
}

TEST(StatisticsMosaic, IsThePictureItselfWhenSmall) {
  const Image photo = test::synthetic_photo(64, 48, 1);
  EXPECT_EQ(statistics_mosaic(photo, 64 * 48), photo);
}

TEST(StatisticsMosaic, HasTheMeanOfTheWholeAtNativeResolution) {
  const Image photo = test::synthetic_photo(3000, 2000, 2);
  const Image mosaic = statistics_mosaic(photo, 2'000'000);
  EXPECT_LE(mosaic.pixels(), 2'000'000u);
  EXPECT_GE(mosaic.pixels(), 1'000'000u);
  const auto mean = [](const Image& image) {
    double sum = 0;
    for (const std::uint8_t value : image.rgb8()) sum += value;
    return sum / static_cast<double>(image.rgb8().size());
  };
  EXPECT_NEAR(mean(mosaic), mean(photo), 4.0);
}

TEST(StatisticsMosaic, TakesVeryLongPictures) {
  const Image photo(20'000, 3);
  const Image mosaic = statistics_mosaic(photo, 10'000);
  EXPECT_LE(mosaic.pixels(), 10'000u);
  EXPECT_EQ(mosaic.height(), 3);
}

}  // namespace
}  // namespace atelier::inference
