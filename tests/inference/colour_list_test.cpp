#include "atelier/inference/colour_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

Lab colour(int rgb) {
  return srgb_to_lab({static_cast<float>(rgb >> 16) / 255, static_cast<float>(rgb >> 8 & 255) / 255,
                      static_cast<float>(rgb & 255) / 255});
}

const std::vector<Lab> kList = {colour(0x1b1b3a), colour(0x693668), colour(0xa74482), colour(0xf84aa7),
                                colour(0xe8c39e)};

std::vector<Lab> lab_of(const Image& image) {
  const std::vector<float> planes = image.to_planar();
  std::vector<Lab> colours;
  for (std::size_t i = 0; i < image.pixels(); ++i)
    colours.push_back(srgb_to_lab({planes[i], planes[image.pixels() + i], planes[2 * image.pixels() + i]}));
  return colours;
}

float distance(const Lab& a, const Lab& b) {
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

// Black to white over 1024 columns.
Image grey_ramp() {
  Image image(1024, 4, Depth::U16);
  for (std::size_t i = 0; i < image.rgb16().size(); ++i)
    image.rgb16()[i] = static_cast<std::uint16_t>(i / 3 % 1024 * 65535 / 1023);
  return image;
}

TEST(ColourList, PaintsInTheColoursAndUsesThemAll) {
  Image painting = test::synthetic_photo(128, 96, 3);
  transfer_colours(painting, kList);
  std::vector<int> nearest(kList.size());
  double off = 0;
  const std::vector<Lab> painted = lab_of(painting);
  for (const Lab& lab : painted) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < kList.size(); ++k) {
      if (distance(lab, kList[k]) < distance(lab, kList[best])) best = k;
    }
    ++nearest[best];
    off += distance(lab, kList[best]) / static_cast<double>(painted.size());
  }
  for (const int count : nearest) EXPECT_GT(count, 128 * 96 / 50);
  EXPECT_LT(off, 15);
}

TEST(ColourList, KeepsTheOrderOfLightness) {
  Image ramp = grey_ramp();
  transfer_colours(ramp, kList);
  const std::vector<Lab> painted = lab_of(ramp);
  for (std::size_t x = 1; x < 1024; ++x) EXPECT_GE(painted[x][0], painted[x - 1][0] - 0.01f) << x;
  EXPECT_GT(painted[1023][0] - painted[0][0], 40);
}

TEST(ColourList, MakesNoBandsInAGradient) {
  Image ramp = grey_ramp();
  transfer_colours(ramp, kList);
  const std::vector<Lab> painted = lab_of(ramp);
  float most = 0, sum = 0;
  for (std::size_t x = 1; x < 1024; ++x) {
    const float step = distance(painted[x], painted[x - 1]);
    most = std::max(most, step);
    sum += step;
  }
  EXPECT_LT(most, 1);  // what an eye just sees
  EXPECT_LT(most, 5 * sum / 1023);
}

TEST(ColourList, KeepsStrokesInASingleColour) {
  Image painting = test::synthetic_photo(64, 48, 3);
  transfer_colours(painting, std::vector<Lab>{colour(0xa74482)});
  float least = 100, most = 0;
  for (const Lab& lab : lab_of(painting)) {
    least = std::min(least, lab[0]), most = std::max(most, lab[0]);
    EXPECT_NEAR(lab[1], colour(0xa74482)[1], 3);
  }
  EXPECT_GT(most - least, 8);
}

TEST(ColourList, RefusesAnEmptyList) {
  Image painting = test::synthetic_photo(8, 8, 1);
  EXPECT_THROW(transfer_colours(painting, {}), Error);
}

}  // namespace
}  // namespace atelier::inference
