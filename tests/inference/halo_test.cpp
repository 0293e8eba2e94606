#include "atelier/inference/halo.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>

namespace atelier::inference {
namespace {

// Grey, 16 bits, by a level 0..1 for every place.
Image picture(int width, int height, const std::function<double(int x, int y)>& level) {
  Image image(width, height, Depth::U16);
  auto* sample = image.rgb16().data();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto value = static_cast<std::uint16_t>(std::lround(65535 * level(x, y)));
      for (int channel = 0; channel < 3; ++channel) *sample++ = value;
    }
  }
  return image;
}

double level(const Image& image, int x, int y) {
  const auto at =
      static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width()) + static_cast<std::size_t>(x);
  return image.rgb16()[3 * at] / 65535.0;
}

// A sky over dark ground that begins at row 60.
double scene(int, int y) {
  return y < 60 ? 0.8 : 0.2;
}

const Image kPhoto = picture(100, 120, scene);

TEST(Halo, ALightSeamOverADarkEdgeGetsTheSkysOwnLight) {
  Image painting =
      picture(100, 120, [](int x, int y) { return y >= 57 && y < 60 ? 0.95 : scene(x, y) - 0.1; });
  suppress_halos(kPhoto, painting);
  for (const int y : {20, 50, 57, 58, 59}) EXPECT_NEAR(level(painting, 50, y), 0.7, 0.02) << "row " << y;
  for (const int y : {60, 63, 100}) EXPECT_NEAR(level(painting, 50, y), 0.1, 1e-4) << "row " << y;
}

TEST(Halo, DarkOutlinesStay) {
  const Image before = picture(100, 120, [](int x, int y) { return y >= 57 && y < 63 ? 0.0 : scene(x, y); });
  Image after = before;
  suppress_halos(kPhoto, after);
  EXPECT_EQ(after, before);
}

TEST(Halo, APaintingThatIsThePhotoStays) {
  Image after = kPhoto;
  suppress_halos(kPhoto, after);
  for (const int y : {5, 57, 59, 60, 100}) EXPECT_NEAR(level(after, 50, y), scene(0, y), 1.0 / 255) << y;
}

TEST(Halo, BrushworkAcrossAnEdgeStays) {
  std::mt19937 random(3);
  const auto stroke = [&] { return 0.1 * (static_cast<double>(random()) / 4294967296.0 - 0.5); };
  const Image before = picture(100, 120, [&](int x, int y) { return scene(x, y) + stroke(); });
  Image after = before;
  suppress_halos(kPhoto, after);
  double strokes = 0, lost = 0;
  for (int y = 52; y < 60; ++y) {
    for (int x = 0; x < 100; ++x) {
      strokes += std::pow(level(before, x, y) - 0.8, 2);
      lost += std::pow(level(before, x, y) - level(after, x, y), 2);
    }
  }
  EXPECT_LT(lost, 0.1 * strokes);
}

TEST(Halo, TallPicturesHaveNoSeamsOfTheirOwn) {
  const Image photo = picture(90, 700, [](int x, int) { return x < 40 ? 0.8 : 0.2; });
  Image painting = picture(90, 700, [](int x, int) { return x < 37 ? 0.7 : x < 40 ? 0.9 : 0.2; });
  suppress_halos(photo, painting);
  for (int y = 0; y < 700; ++y) ASSERT_NEAR(level(painting, 38, y), level(painting, 38, 350), 1e-4) << y;
  EXPECT_NEAR(level(painting, 38, 350), 0.7, 0.02);
}

TEST(Halo, TheSmallestPicturesStay) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 1}, {1, 30}, {5, 3}}) {
    const Image photo = picture(width, height, [](int x, int) { return x == 0 ? 0.9 : 0.1; });
    Image painting = photo;
    suppress_halos(photo, painting);
    EXPECT_EQ(painting, photo) << width << "x" << height;
  }
}

}  // namespace
}  // namespace atelier::inference
