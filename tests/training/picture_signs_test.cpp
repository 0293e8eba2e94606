#include "atelier/training/picture_signs.h"

#include <cmath>
#include <functional>
#include <random>

#include "support/expect_error.h"
#include "support/synthetic_photo.h"

namespace atelier::training {
namespace {

constexpr int kSide = 160;
using Planes = std::vector<float>;

Planes photo(unsigned seed = 1) {
  return test::synthetic_photo(kSide, kSide, seed).to_planar();
}

/// Adds change(channel, y, x) to every sample, clamped to [0,1].
Planes changed(Planes planes, const std::function<double(int, int, int)>& change) {
  std::size_t i = 0;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x, ++i)
        planes[i] = static_cast<float>(std::clamp(planes[i] + change(c, y, x), 0.0, 1.0));
    }
  }
  return planes;
}

PictureSigns signs(const Planes& photo, const Planes& painting) {
  return picture_signs(photo, painting, kSide, kSide);
}

Planes even(float value) {
  return Planes(3 * kSide * kSide, value);
}

TEST(PictureSigns, APhotoItselfShowsNone) {
  const PictureSigns own = signs(photo(), photo());
  EXPECT_NEAR(own.luma_correlation, 1, 1e-9);
  EXPECT_EQ(own.frame_strength(), 0);
  EXPECT_EQ(own.border_energy, 0);
  EXPECT_EQ(own.blobs, 0);
  for (const double grid : own.grid) EXPECT_LT(grid, 0.01);
}

TEST(PictureSigns, NoiseHasNoGrid) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 0.1);
  const Planes noisy = changed(even(0.5f), [&](int, int, int) { return noise(random); });
  for (const double grid : signs(photo(), noisy).grid) EXPECT_LT(grid, 0.005);
}

TEST(PictureSigns, SeeACheckerboardOfTwoPixelsHoweverFaint) {
  const Planes board = changed(photo(), [](int, int y, int x) { return (x + y) % 2 == 0 ? 0.02 : -0.02; });
  const PictureSigns found = signs(photo(), board);
  EXPECT_GT(found.grid[0], 0.1);
  EXPECT_GT(found.grid[2], found.grid[0] * 0.8) << "what repeats every two pixels repeats every eight";
}

TEST(PictureSigns, TellThePeriodOfAGrid) {
  const auto grid_of = [](int period) {
    return signs(photo(),
                 changed(photo(),
                         [&](int, int y, int x) { return y % period == 0 || x % period == 0 ? 0.05 : 0; }))
        .grid;
  };
  EXPECT_LT(grid_of(4)[0], 0.6 * grid_of(4)[1]);
  EXPECT_LT(grid_of(8)[1], 0.6 * grid_of(8)[2]);
  EXPECT_GT(grid_of(8)[2], 0.1);
}

TEST(PictureSigns, SeeAFrame) {
  const Planes framed = changed(photo(), [](int c, int y, int x) {
    return std::min({y, x, kSide - 1 - y, kSide - 1 - x}) < 4 ? (c == 0 ? 0.2 : -0.2) : 0;
  });
  EXPECT_GT(signs(photo(), framed).frame_strength(), 0.15);
}

TEST(PictureSigns, SeeAMosaicAtTheBorder) {
  const Planes mosaic = changed(photo(), [](int, int y, int x) {
    const bool border = std::min({y, x, kSide - 1 - y, kSide - 1 - x}) < 8;
    return border ? ((x / 2 + y / 2) % 2 == 0 ? 0.2 : -0.2) : 0;
  });
  EXPECT_GT(signs(photo(), mosaic).border_energy, 0.7);
}

TEST(PictureSigns, SeeDropletsInAnEvenSkyButNotTheStructureOfAPhoto) {
  const auto drops = [](int, int y, int x) { return y % 64 < 16 && x % 64 < 16 ? 0.45 : 0.0; };
  EXPECT_GT(signs(even(0.4f), changed(even(0.4f), drops)).blobs, 0.03);
  const Planes spotted = changed(even(0.4f), drops);
  EXPECT_EQ(signs(spotted, spotted).blobs, 0) << "the photo has them itself";
}

TEST(PictureSigns, KnowANegative) {
  Planes negative = photo();
  for (float& value : negative) value = 1 - value;
  EXPECT_NEAR(signs(photo(), negative).luma_correlation, -1, 1e-6);
}

TEST(PictureSigns, OfManyAreTheirMeansSoThatChanceCancels) {
  PictureSigns left, right;
  left.frame = {0.3, 0, 0};
  right.frame = {-0.3, 0, 0};
  right.blobs = 0.5;
  const PictureSigns mean = mean_signs({left, right});
  EXPECT_EQ(mean.frame_strength(), 0);
  EXPECT_EQ(mean.blobs, 0.25);
  EXPECT_EQ(mean_signs({}).blobs, 0);
}

TEST(PictureSigns, RefusePicturesOfDifferentOrTinySizes) {
  test::expect_error([] { picture_signs(photo(), Planes(5), kSide, kSide); }, ErrorCode::Internal,
                     "signs.size");
  test::expect_error([] { picture_signs(Planes(3 * 16 * 16), Planes(3 * 16 * 16), 16, 16); },
                     ErrorCode::Internal, "signs.size");
}

}  // namespace
}  // namespace atelier::training
