#include "atelier/inference/colour_transfer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "atelier/core/error.h"
#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

Lab lab_of(const Image& image, std::size_t pixel) {
  const Image sixteen = image.to_depth(Depth::U16);
  std::array<float, 3> rgb{};
  for (std::size_t c = 0; c < 3; ++c) rgb[c] = static_cast<float>(sixteen.rgb16()[3 * pixel + c]) / 65535.0f;
  return srgb_to_lab(rgb);
}

struct Moments {
  std::array<double, 3> mean{}, deviation{};
};

Moments moments(const Image& image) {
  Moments result;
  const auto count = static_cast<double>(image.pixels());
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const Lab lab = lab_of(image, i);
    for (std::size_t c = 0; c < 3; ++c) result.mean[c] += lab[c] / count;
  }
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const Lab lab = lab_of(image, i);
    for (std::size_t c = 0; c < 3; ++c) result.deviation[c] += std::pow(lab[c] - result.mean[c], 2) / count;
  }
  for (double& d : result.deviation) d = std::sqrt(d);
  return result;
}

void expect_lab(const Lab& actual, const Lab& expected) {
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(actual[i], expected[i], 0.02f) << "component " << i;
}

TEST(Lab, KnowsThePublishedColours) {
  expect_lab(srgb_to_lab({1, 1, 1}), {100, 0, 0});
  expect_lab(srgb_to_lab({0, 0, 0}), {0, 0, 0});
  expect_lab(srgb_to_lab({1, 0, 0}), {53.24f, 80.09f, 67.20f});
  expect_lab(srgb_to_lab({0, 0, 1}), {32.30f, 79.19f, -107.86f});
}

TEST(Lab, ComesBackToEveryColour) {
  for (int r = 0; r <= 8; ++r) {
    for (int g = 0; g <= 8; ++g) {
      for (int b = 0; b <= 8; ++b) {
        const std::array<float, 3> rgb = {static_cast<float>(r) / 8, static_cast<float>(g) / 8,
                                          static_cast<float>(b) / 8};
        const std::array<float, 3> back = lab_to_srgb(srgb_to_lab(rgb));
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(back[c], rgb[c], 2e-4f);
      }
    }
  }
}

TEST(KeepColours, TakesLightnessFromThePaintingAndChromaFromThePhoto) {
  Image photo(40, 30), painting(40, 30);
  for (std::size_t i = 0; i < photo.rgb8().size(); ++i) {
    photo.rgb8()[i] = static_cast<std::uint8_t>(110 + i * 7 % 30);  // muted colours: nothing leaves the gamut
    painting.rgb8()[i] = static_cast<std::uint8_t>(100 + i * 11 % 50);
  }
  const Image before = painting;
  keep_colours(painting, photo);
  for (std::size_t i = 0; i < photo.pixels(); i += 17) {
    const Lab kept = lab_of(painting, i);
    EXPECT_NEAR(kept[0], lab_of(before, i)[0], 0.5f);
    EXPECT_NEAR(kept[1], lab_of(photo, i)[1], 1.0f);
    EXPECT_NEAR(kept[2], lab_of(photo, i)[2], 1.0f);
  }
}

TEST(KeepColours, LeavesAPhotoOverItselfAsItIs) {
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    const Image photo = test::synthetic_photo(60, 40, 5).to_depth(depth);
    Image painting = photo;
    keep_colours(painting, photo);
    const Image a = painting.to_depth(Depth::U8), b = photo.to_depth(Depth::U8);
    for (std::size_t i = 0; i < a.rgb8().size(); ++i) EXPECT_NEAR(a.rgb8()[i], b.rgb8()[i], 1);
  }
}

TEST(KeepColours, RefusesPicturesOfDifferentSizes) {
  Image painting(8, 8);
  EXPECT_THROW(keep_colours(painting, Image(8, 9)), Error);
}

TEST(TransferPalette, GivesThePaintingMeanAndSpreadOfThePalette) {
  Image painting = test::synthetic_photo(120, 80, 1).to_depth(Depth::U16);
  Image palette(64, 64);
  for (std::size_t i = 0; i < palette.pixels(); ++i) {  // a muted reddish picture
    palette.rgb8()[3 * i] = static_cast<std::uint8_t>(130 + i * 37 % 40);
    palette.rgb8()[3 * i + 1] = static_cast<std::uint8_t>(90 + i * 53 % 30);
    palette.rgb8()[3 * i + 2] = static_cast<std::uint8_t>(85 + i * 29 % 25);
  }
  transfer_palette(painting, palette);
  const Moments got = moments(painting), wanted = moments(palette);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(got.mean[c], wanted.mean[c], 0.5);
    EXPECT_NEAR(got.deviation[c], wanted.deviation[c], 0.1 * wanted.deviation[c] + 0.2);
  }
}

TEST(TransferPalette, KeepsAPaintingThatHasThePaletteAlready) {
  const Image photo = test::synthetic_photo(90, 60, 4).to_depth(Depth::U16);
  Image painting = photo;
  transfer_palette(painting, photo);
  for (std::size_t i = 0; i < photo.rgb16().size(); ++i)
    EXPECT_NEAR(painting.rgb16()[i], photo.rgb16()[i], 80);
}

TEST(TransferPalette, SurvivesFlatPictures) {
  Image flat(20, 20), painting = test::synthetic_photo(20, 20, 4);
  for (std::uint8_t& value : flat.rgb8()) value = 128;
  transfer_palette(painting, flat);
  for (const std::uint8_t value : painting.rgb8()) EXPECT_NEAR(value, 128, 2);
  Image plain = flat;
  transfer_palette(plain, test::synthetic_photo(20, 20, 4));
  for (std::size_t i = 3; i < plain.rgb8().size(); ++i) EXPECT_EQ(plain.rgb8()[i], plain.rgb8()[i % 3]);
}

}  // namespace
}  // namespace atelier::inference
