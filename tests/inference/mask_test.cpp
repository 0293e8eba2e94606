#include "atelier/inference/mask.h"

#include <gtest/gtest.h>

#include "atelier/core/error.h"
#include "atelier/inference/brush.h"
#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

Image grey(int width, int height, std::uint8_t value) {
  Image image(width, height);
  for (std::uint8_t& sample : image.rgb8()) sample = value;
  return image;
}

TEST(Mask, KeepsItsExactValuesAndScalesToTheScene) {
  for (const int value : {0, 1, 77, 254, 255}) {
    const MaskPlane plane = mask_plane(grey(10, 6, static_cast<std::uint8_t>(value)), 25, 15);
    ASSERT_EQ(plane.size(), 25u * 15);
    for (const std::uint8_t share : plane) EXPECT_EQ(share, value);
  }
}

TEST(Mask, CountsTransparentAsBlack) {
  Image mask = grey(4, 4, 255);
  mask.add_alpha();
  mask.alpha8()[5] = 0;
  const MaskPlane plane = mask_plane(mask, 4, 4);
  EXPECT_EQ(plane[5], 0);
  EXPECT_EQ(plane[6], 255);
}

TEST(Mask, FitsWhenItsShapeIsThePhotos) {
  EXPECT_TRUE(require_fitting_mask(grey(60, 44, 0), "m", 60, 44));
  EXPECT_FALSE(require_fitting_mask(grey(30, 22, 0), "m", 60, 44));
  EXPECT_FALSE(require_fitting_mask(grey(300, 200, 0), "m", 601, 401));
  EXPECT_FALSE(require_fitting_mask(grey(60, 40, 0), "m", 6000, 4001));
  EXPECT_THROW(require_fitting_mask(grey(44, 60, 0), "m", 60, 44), Error);
  EXPECT_THROW(require_fitting_mask(grey(60, 60, 0), "m", 60, 44), Error);
}

TEST(FineStructure, LiesWhereSmallHighContrastsAre) {
  Image photo(128, 128);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      const bool letters = x >= 80 && x < 112 && y >= 40 && y < 60;
      const int value = letters ? ((x / 2 + y / 3) % 2 ? 20 : 230) : 80 + x / 4;
      for (int c = 0; c < 3; ++c)
        photo.rgb8()[static_cast<std::size_t>(3 * (128 * y + x) + c)] = static_cast<std::uint8_t>(value);
    }
  }
  const MaskPlane fine = fine_structure(photo);
  EXPECT_GT(fine[128 * 50 + 96], 250);
  EXPECT_EQ(fine[128 * 100 + 20], 0);
}

TEST(FineStructure, FindsNothingInASmoothPicture) {
  for (const std::uint8_t value : fine_structure(grey(40, 30, 90))) EXPECT_EQ(value, 0);
}

TEST(Brushes, DivideWhatSeveralMasksCover) {
  std::vector<Brush> brushes(3);
  brushes[1].share = {255, 255, 0};
  brushes[2].share = {255, 0, 100};
  settle_overlaps(brushes);
  EXPECT_EQ(brushes[1].share, (MaskPlane{127, 255, 0}));
  EXPECT_EQ(brushes[2].share, (MaskPlane{127, 0, 100}));
}

TEST(Brushes, GiveTheirSharesOfProtectedPlacesToFinerOnes) {
  std::vector<Brush> brushes(2);
  brushes[0].detail = brushes[1].detail = 0.2f;
  brushes[1].share = {0, 255, 255, 100};
  raise_detail(brushes, {255, 0, 255, 0});
  ASSERT_EQ(brushes.size(), 4u);
  EXPECT_EQ(brushes[1].share, (MaskPlane{0, 255, 0, 100}));
  EXPECT_EQ(brushes[2].share, (MaskPlane{255, 0, 0, 0}));
  EXPECT_EQ(brushes[3].share, (MaskPlane{0, 0, 255, 0}));
  EXPECT_EQ(brushes[2].detail, 1);
}

TEST(Brushes, ThatKeepEveryLineNeedNoFinerOnes) {
  std::vector<Brush> brushes(1);
  brushes[0].detail = 1;
  raise_detail(brushes, {255, 0});
  EXPECT_EQ(brushes.size(), 1u);
}

}  // namespace
}  // namespace atelier::inference
