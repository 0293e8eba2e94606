#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "atelier/evaluation/pictures/blob_meter.h"
#include "atelier/evaluation/pictures/border_meter.h"
#include "atelier/evaluation/pictures/clipping_meter.h"
#include "atelier/evaluation/pictures/grid_meter.h"
#include "atelier/evaluation/pictures/palette_distance.h"
#include "atelier/evaluation/pictures/seam_meter.h"
#include "atelier/evaluation/pictures/ssim.h"
#include "atelier/evaluation/pictures/warping_error.h"
#include "atelier/image/resize.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"

namespace atelier::evaluation {
namespace {

Plane photo_luma(unsigned seed, int width = 96, int height = 80) {
  return luma_of(test::synthetic_photo(width, height, seed));
}

template <typename Change>
Plane changed(Plane plane, Change change) {
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      float& value = plane.values[static_cast<std::size_t>(y * plane.width + x)];
      value = change(x, y, value);
    }
  }
  return plane;
}

// The definition, window by window, in double.
double plain_ssim(const Plane& a, const Plane& b) {
  double weights[11][11], sum = 0;
  for (int i = 0; i < 11; ++i) {
    for (int j = 0; j < 11; ++j)
      sum += weights[i][j] = std::exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / (2 * 1.5 * 1.5));
  }
  double total = 0;
  int windows = 0;
  for (int y = 0; y + 11 <= a.height; ++y) {
    for (int x = 0; x + 11 <= a.width; ++x) {
      double ma = 0, mb = 0, va = 0, vb = 0, cov = 0;
      for (int i = 0; i < 11; ++i) {
        for (int j = 0; j < 11; ++j) {
          ma += weights[i][j] / sum * a.at(x + j, y + i);
          mb += weights[i][j] / sum * b.at(x + j, y + i);
        }
      }
      for (int i = 0; i < 11; ++i) {
        for (int j = 0; j < 11; ++j) {
          const double w = weights[i][j] / sum, da = a.at(x + j, y + i) - ma, db = b.at(x + j, y + i) - mb;
          va += w * da * da, vb += w * db * db, cov += w * da * db;
        }
      }
      total += (2 * ma * mb + 1e-4) * (2 * cov + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4));
      ++windows;
    }
  }
  return total / windows;
}

TEST(Ssim, FollowsItsDefinition) {
  const Plane a = photo_luma(1, 40, 34), b = photo_luma(2, 40, 34);
  EXPECT_NEAR(*Ssim()(a, b), plain_ssim(a, b), 1e-4);
  EXPECT_NEAR(*Ssim()(a, b), *Ssim()(b, a), 1e-6);
}

TEST(Ssim, IsOneForEqualPicturesAndFallsWithNoise) {
  const Plane a = photo_luma(1);
  EXPECT_NEAR(*Ssim()(a, a), 1, 1e-6);
  const Plane noisy =
      changed(a, [](int x, int y, float v) { return v + ((x * 7 + y * 13) % 5 - 2) * 0.05f; });
  EXPECT_LT(*Ssim()(a, noisy), 0.8);
  EXPECT_FALSE(Ssim()(photo_luma(1, 10, 10), photo_luma(1, 10, 10)).has_value());
  test::expect_error([&] { Ssim()(a, photo_luma(1, 40, 40)); }, ErrorCode::Internal, "evaluation.sizes");
}

class GridMeterFinds : public testing::TestWithParam<int> {};

TEST_P(GridMeterFinds, APrintOfThisPeriodAndNothingInTheCopy) {
  const Plane photo = photo_luma(3, 128, 128);
  const auto own = GridMeter().lines(photo);
  const int period = GetParam();
  const Plane printed = changed(
      photo, [&](int x, int y, float v) { return v + ((x + y) % period < period / 2 ? 0.02f : -0.02f); });
  EXPECT_GT(*GridMeter::excess(GridMeter().lines(printed), own), 4);
  EXPECT_EQ(*GridMeter::excess(own, own), 0);
}
INSTANTIATE_TEST_SUITE_P(Periods, GridMeterFinds, testing::Values(2, 4, 8));

TEST(GridMeter, IsNotAlarmedByAnotherPeriodNorByAFlatPicture) {
  const Plane photo = photo_luma(3, 128, 128);
  const Plane waves = changed(photo, [](int x, int, float v) {
    return v + 0.02f * static_cast<float>(std::sin(2 * std::numbers::pi * x / 11.0));
  });
  EXPECT_LT(*GridMeter::excess(GridMeter().lines(waves), GridMeter().lines(photo)), 3);
  const Plane flat = changed(photo, [](int, int, float) { return 0.5f; });
  const auto lines = GridMeter().lines(flat);
  ASSERT_TRUE(lines.has_value());
  for (const auto& direction : *lines) {
    for (const double line : direction) EXPECT_NEAR(line, 0, 1e-6);
  }
  EXPECT_FALSE(GridMeter().lines(photo_luma(3, 63, 128)).has_value());
}

TEST(SeamMeter, SeesAToneStepBetweenTilesOnly) {
  const Plane photo = photo_luma(4, 128, 96);
  const double whole = *SeamMeter()(photo, 32);
  const Plane tiled =
      changed(photo, [](int x, int y, float v) { return v + ((x / 32 + y / 32) % 2 == 0 ? 0.1f : 0); });
  EXPECT_GT(*SeamMeter()(tiled, 32), whole + 1);
  EXPECT_NEAR(*SeamMeter()(changed(photo, [](int, int, float v) { return v + 0.1f; }), 32), whole, 1e-3);
  EXPECT_FALSE(SeamMeter()(photo, 200).has_value());
}

TEST(BorderMeter, SeesAFrameAndNotTheCopy) {
  const Plane photo = photo_luma(5);
  EXPECT_EQ(*BorderMeter()(photo, photo), 0);
  const Plane framed = changed(photo, [&](int x, int y, float v) {
    const bool edge = x < 8 || y < 8 || x >= photo.width - 8 || y >= photo.height - 8;
    return edge ? v - 0.2f : v;
  });
  EXPECT_GT(*BorderMeter()(framed, photo), 0.15);
  EXPECT_LT(*BorderMeter()(changed(photo, [](int, int, float v) { return 0.5f * v; }), photo), 0.1);
  EXPECT_FALSE(BorderMeter()(photo_luma(5, 40, 96), photo_luma(5, 40, 96)).has_value());
}

TEST(BlobMeter, SeesColourPatchesInAFlatSky) {
  Image sky(128, 128);
  std::fill(sky.rgb8().begin(), sky.rgb8().end(), std::uint8_t{150});
  Image blobs = sky;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      if ((x / 16 + y / 16) % 2 == 0) blobs.rgb8()[static_cast<std::size_t>(y * 128 + x) * 3] = 220;
    }
  }
  const LabGrid photo = lab_grid(sky, BlobMeter::kGrid);
  EXPECT_EQ(*BlobMeter()(photo, photo), 0);
  EXPECT_GT(*BlobMeter()(lab_grid(blobs, BlobMeter::kGrid), photo), 10);
  test::expect_error([&] { BlobMeter()(photo, lab_grid(blobs, 2)); }, ErrorCode::Internal,
                     "evaluation.sizes");
}

TEST(BlobMeter, SaysNothingWithoutFlatParts) {
  Image noise(64, 64);
  for (std::size_t i = 0; i < noise.rgb8().size(); ++i)
    noise.rgb8()[i] = static_cast<std::uint8_t>(i * 7919 % 251);
  const LabGrid grid = lab_grid(noise, BlobMeter::kGrid);
  EXPECT_FALSE(BlobMeter()(grid, grid).has_value());
}

TEST(ClippingMeter, CountsSamplesAtBothEnds) {
  Image picture(2, 2);
  for (std::size_t i = 0; i < 12; ++i) picture.rgb8()[i] = 100;
  picture.rgb8()[0] = 0;
  picture.rgb8()[5] = 255;
  EXPECT_DOUBLE_EQ(ClippingMeter()(picture), 2.0 / 12);
  EXPECT_DOUBLE_EQ(ClippingMeter()(picture.to_depth(Depth::U16)), 2.0 / 12);
}

// Pairs of Sharma, Wu and Dalal (2005), table 1.
TEST(DeltaE2000, AgreesWithThePublishedPairs) {
  EXPECT_NEAR(delta_e_2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}), 2.0425, 1e-4);
  EXPECT_NEAR(delta_e_2000({50, -1.3802, -84.2814}, {50, 0, -82.7485}), 1.0000, 1e-4);
  EXPECT_NEAR(delta_e_2000({50, 0, 0}, {50, -1, 2}), 2.3669, 1e-4);
  EXPECT_NEAR(delta_e_2000({50, 2.49, -0.001}, {50, -2.49, 0.0009}), 7.1792, 1e-4);
  EXPECT_NEAR(delta_e_2000({50, 2.5, 0}, {73, 25, -18}), 27.1492, 1e-4);
  EXPECT_NEAR(delta_e_2000({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}), 1.2644, 1e-4);
  EXPECT_NEAR(delta_e_2000({2.0776, 0.0795, -1.135}, {0.9033, -0.0636, -0.5514}), 0.9082, 1e-4);
}

TEST(Lab, PlacesKnownColours) {
  const Lab white = lab_of(1, 1, 1), red = lab_of(1, 0, 0);
  EXPECT_NEAR(white[0], 100, 1e-3);
  EXPECT_NEAR(white[1], 0, 0.02);
  EXPECT_NEAR(red[0], 53.24, 0.01);
  EXPECT_NEAR(red[1], 80.09, 0.02);
  EXPECT_NEAR(red[2], 67.20, 0.02);
}

TEST(PaletteDistance, MovesSharesTheCheapestWay) {
  const Palette::Colour dark{{20, 0, 0}, 0.5}, light{{80, 0, 0}, 0.5};
  const Palette greys{{dark, light}};
  EXPECT_NEAR(PaletteDistance()(greys, greys), 0, 1e-12);
  // Half of the dark half becomes light; the rest stays.
  const Palette lighter{{{{20, 0, 0}, 0.25}, {{80, 0, 0}, 0.75}}};
  EXPECT_NEAR(PaletteDistance()(greys, lighter), 0.25 * delta_e_2000({20, 0, 0}, {80, 0, 0}), 1e-9);
  EXPECT_NEAR(PaletteDistance()(greys, lighter), PaletteDistance()(lighter, greys), 1e-9);
}

TEST(PaletteDistance, BeatsOrEqualsEveryPlanOfASmallGrid) {
  const Palette a{{{{30, 10, 0}, 0.5}, {{60, 0, 40}, 0.5}}}, b{{{{35, 0, 10}, 0.5}, {{55, 20, 20}, 0.5}}};
  const auto cost = [&](int i, int j) {
    return delta_e_2000(a.colours[static_cast<std::size_t>(i)].lab,
                        b.colours[static_cast<std::size_t>(j)].lab);
  };
  // All plans of two equal halves: x stays on the diagonal, the rest crosses.
  double best = 1e9;
  for (int step = 0; step <= 50; ++step) {
    const double x = step / 100.0;
    best = std::min(best, x * (cost(0, 0) + cost(1, 1)) + (0.5 - x) * (cost(0, 1) + cost(1, 0)));
  }
  EXPECT_NEAR(PaletteDistance()(a, b), best, 1e-9);
}

TEST(Palette, FindsTheColoursOfAPosterAndTheirShares) {
  Image poster(40, 40);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) {
      auto pixel = poster.rgb8().subspan(static_cast<std::size_t>(y * 40 + x) * 3, 3);
      pixel[0] = x < 30 ? 200 : 20;
      pixel[1] = 30;
      pixel[2] = x < 30 ? 40 : 220;
    }
  }
  const Palette palette = palette_of(lab_grid(poster, 40));
  double red = 0, all = 0;
  for (const auto& colour : palette.colours) {
    all += colour.share;
    if (delta_e_2000(colour.lab, lab_of(200 / 255.0, 30 / 255.0, 40 / 255.0)) < 1) red += colour.share;
  }
  EXPECT_NEAR(all, 1, 1e-9);
  EXPECT_NEAR(red, 0.75, 1e-9);
}

Flow constant_flow(int width, int height, float dx, float dy) {
  const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  return {width, height, std::vector<float>(count, dx), std::vector<float>(count, dy)};
}

TEST(WarpingError, IsZeroForFramesThatMoveWithTheFlow) {
  const Plane scene = photo_luma(6, 100, 64);
  const auto window = [&](int left) {
    return changed(Plane{80, 64, std::vector<float>(80 * 64)},
                   [&](int x, int y, float) { return scene.at(x + left, y); });
  };
  const Plane before = window(0), after = window(3);  // the camera pans: what was at x + 3 is now at x
  const Flow back = constant_flow(80, 64, 3, 0), forth = constant_flow(80, 64, -3, 0);
  EXPECT_NEAR(*WarpingError()(before, after, back, forth), 0, 1e-9);
  EXPECT_GT(*WarpingError()(before, after, constant_flow(80, 64, 0, 0), constant_flow(80, 64, 0, 0)), 1e-3);
  const Plane flickering = changed(after, [](int, int, float v) { return v + 0.1f; });
  EXPECT_NEAR(*WarpingError()(before, flickering, back, forth), 0.01, 1e-5);
}

TEST(WarpingError, LeavesOutWhatCannotBeFollowed) {
  const Plane frame = photo_luma(6, 64, 64);
  EXPECT_FALSE(
      WarpingError()(frame, frame, constant_flow(64, 64, 9, 0), constant_flow(64, 64, 9, 0)).has_value());
  test::expect_error(
      [&] { WarpingError()(frame, frame, constant_flow(8, 8, 0, 0), constant_flow(64, 64, 0, 0)); },
      ErrorCode::Internal, "evaluation.sizes");
}

TEST(StaticFlicker, LooksOnlyWhereThePhotoStandsStill) {
  const Plane photo = photo_luma(7, 64, 64);
  const Plane moved = changed(photo, [](int x, int, float v) { return x < 32 ? v : v + 0.2f; });
  const Plane painted = changed(photo, [](int, int, float v) { return 1 - v; });
  const Plane flickers = changed(painted, [](int x, int, float v) { return x < 32 ? v + 0.03f : 0; });
  EXPECT_NEAR(*StaticFlicker()(painted, flickers, photo, moved), 0.03, 1e-5);
  EXPECT_EQ(*StaticFlicker()(painted, painted, photo, photo), 0);
  EXPECT_FALSE(
      StaticFlicker()(painted, painted, photo, changed(photo, [](int, int, float v) { return v + 0.2f; }))
          .has_value());
}

}  // namespace
}  // namespace atelier::evaluation
