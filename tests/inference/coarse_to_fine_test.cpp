#include "atelier/inference/coarse_to_fine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "atelier/image/resize.h"
#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

using testing::ElementsAre;

TEST(PassPlan, IsThePaintingAloneWhereStrokesAreLargeEnough) {
  EXPECT_THAT(plan_passes(700, 512, 1, 512), ElementsAre(CanvasSize{700, 512}));
  EXPECT_THAT(plan_passes(300, 200, 1, 512), ElementsAre(CanvasSize{300, 200}));
  EXPECT_THAT(plan_passes(4000, 3000, 1, 0), ElementsAre(CanvasSize{4000, 3000}));
  EXPECT_THAT(plan_passes(600, 600, 1, 512), ElementsAre(CanvasSize{600, 600}));
}

TEST(PassPlan, StartsWhereStrokesAreAsLargeAsInTheStyleAndEndsAtThePainting) {
  EXPECT_THAT(plan_passes(2048, 1024, 1, 512), ElementsAre(CanvasSize{1024, 512}, CanvasSize{2048, 1024}));
  EXPECT_THAT(plan_passes(4096, 2048, 1, 512),
              ElementsAre(CanvasSize{1024, 512}, CanvasSize{2048, 1024}, CanvasSize{4096, 2048}));
}

TEST(PassPlan, MakesAllStrokesLargerAlike) {
  EXPECT_THAT(plan_passes(1024, 2048, 2, 512), ElementsAre(CanvasSize{256, 512}, CanvasSize{512, 1024}));
  EXPECT_THAT(plan_passes(400, 300, 2, 512), ElementsAre(CanvasSize{200, 150}));
}

TEST(PassPlan, NeverLeavesOutStrokesBetweenTwoSizes) {
  for (int side = 16; side < 9000; side = side * 5 / 4) {
    for (const float stroke : {0.25f, 0.7f, 1.0f, 1.3f, 4.0f}) {
      const std::vector<CanvasSize> passes = plan_passes(side, side, stroke, 384);
      for (std::size_t i = 1; i < passes.size(); ++i) {
        EXPECT_GT(passes[i].width, passes[i - 1].width) << side << " " << stroke;
        EXPECT_LE(passes[i].width, 2.4 * passes[i - 1].width + 2) << side << " " << stroke;
      }
      EXPECT_GE(passes.back().width, std::lround(side / std::max(stroke, 1.0f))) << side << " " << stroke;
    }
  }
}

TEST(PassPlan, PaintsFinerStrokesThanTheGeneratorsOnALargerCanvas) {
  EXPECT_THAT(plan_passes(300, 200, 0.5f, 512), ElementsAre(CanvasSize{600, 400}));
  EXPECT_THAT(plan_passes(1024, 1024, 0.5f, 512), ElementsAre(CanvasSize{1024, 1024}));
}

double distance(const Image& a, const Image& b) {
  const std::vector<float> x = a.to_planar(), y = b.to_planar();
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += std::pow(x[i] - y[i], 2);
  return std::sqrt(squares / static_cast<double>(x.size()));
}

TEST(FinishingScene, HasTheLinesOfThePhotoAsFarAsTheyAreKept) {
  // Stripes that the smaller canvas has no pixels for.
  Image photo(64, 64, Depth::U16);
  for (std::size_t i = 0; i < photo.rgb16().size(); ++i) photo.rgb16()[i] = i / 3 % 2 == 0 ? 20'000 : 40'000;
  Image painting(32, 32, Depth::U16);
  std::ranges::fill(painting.rgb16(), std::uint16_t{30'000});
  const Image coarser = resize(photo, 32, 32);

  const auto contrast = [&](std::uint8_t lines) {
    const Image scene = finishing_scene(painting, coarser, photo, MaskPlane(photo.pixels(), lines));
    const std::size_t middle = 3 * (32 * 64 + 32);
    return scene.rgb16()[middle + 3] - scene.rgb16()[middle];
  };
  EXPECT_EQ(contrast(0), 0);
  EXPECT_NEAR(contrast(128), 10'000, 500);
  EXPECT_NEAR(contrast(255), 20'000, 500);
}

TEST(FinishingScene, IsThePhotoWhereThePaintingIsAndAllLinesAreKept) {
  Image photo = test::synthetic_photo(96, 64, 4);
  for (std::size_t i = 0; i < photo.pixels(); ++i)  // lines come back in luma
    photo.rgb8()[3 * i] = photo.rgb8()[3 * i + 1] = photo.rgb8()[3 * i + 2];
  const Image small = resize(photo, 48, 32);
  const MaskPlane all(photo.pixels(), 255), none(photo.pixels(), 0);
  EXPECT_LT(distance(finishing_scene(small, small, photo, all), photo), 0.01);
  EXPECT_GT(distance(finishing_scene(small, small, photo, none), photo), 0.01);
}

TEST(FurtherPass, IsHalfTransparentOverWhatItWasPaintedFrom) {
  Image under(16, 8, Depth::U16), pass(16, 8, Depth::U16);
  std::ranges::fill(under.rgb16(), std::uint16_t{65'535});
  std::ranges::fill(pass.rgb16(), std::uint16_t{20'001});
  lay_over(under, pass);
  EXPECT_THAT(pass.rgb16(), testing::Each(42'768));
  Image same = pass;
  lay_over(same, pass);
  EXPECT_EQ(pass, same);
}

}  // namespace
}  // namespace atelier::inference
