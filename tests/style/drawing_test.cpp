#include "atelier/style/procedural/drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "atelier/style/attributes.h"
#include "support/expect_error.h"

namespace atelier::style {
namespace {

using test::expect_error;

constexpr int kSide = 96;

double mean_difference(const Drawing& a, const Drawing& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.planes.size(); ++i) sum += std::abs(a.planes[i] - b.planes[i]);
  return sum / static_cast<double>(a.planes.size());
}

class EveryMedium : public testing::TestWithParam<Medium> {};

TEST_P(EveryMedium, DrawsTheSamePictureForTheSameSeedAndAnotherForAnother) {
  const Drawing first = draw_medium(GetParam().name, 3, kSide, kSide),
                again = draw_medium(GetParam().name, 3, kSide, kSide);
  EXPECT_EQ(first.planes, again.planes);
  EXPECT_EQ(first.title, again.title);
  EXPECT_GT(mean_difference(first, draw_medium(GetParam().name, 4, kSide, kSide)), 0.05);
}

TEST_P(EveryMedium, FillsThePictureWithColoursInRange) {
  for (const auto& [width, height] : {std::pair{128, 80}, {80, 128}}) {
    const Drawing drawing = draw_medium(GetParam().name, 7, width, height);
    EXPECT_EQ(drawing.width, width);
    EXPECT_EQ(drawing.height, height);
    ASSERT_EQ(drawing.planes.size(), static_cast<std::size_t>(3 * width * height));
    EXPECT_TRUE(std::all_of(drawing.planes.begin(), drawing.planes.end(),
                            [](float value) { return value >= 0 && value <= 1; }));
    // A composition, not a swatch: light and dark are far apart.
    EXPECT_GT(measure_attributes(drawing.planes, height, width).at("contrast"), 5);
    EXPECT_THAT(drawing.title, testing::HasSubstr(GetParam().phrase));
  }
}

INSTANTIATE_TEST_SUITE_P(Drawing, EveryMedium, testing::ValuesIn(media()), [](const auto& drawn) {
  std::string name = drawn.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Drawing, SeedsThatFollowEachOtherHaveDifferentScenes) {
  std::set<std::string> titles;
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    titles.insert(draw_medium("pixel-art", seed, 64, 64).title);
  EXPECT_EQ(titles.size(), 10u);
}

TEST(Drawing, MediaDifferInWhatIsMeasured) {
  // Any two differ in some attribute by three quarters of the standard deviation over all, at the mean of
  // three pictures.
  std::vector<std::map<std::string, double>> means;
  for (const Medium& medium : media()) {
    std::map<std::string, double> mean;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Drawing drawing = draw_medium(medium.name, seed, kSide, kSide);
      for (const auto& [key, value] : measure_attributes(drawing.planes, kSide, kSide))
        mean[key] += value / 3;
    }
    means.push_back(std::move(mean));
  }
  const auto scales = scale_attributes(means);
  for (std::size_t i = 0; i < means.size(); ++i) {
    for (std::size_t j = i + 1; j < means.size(); ++j) {
      double most = 0;
      for (const auto& [key, scale] : scales) {
        most = std::max(most,
                        std::abs(scale.standardise(means[i].at(key)) - scale.standardise(means[j].at(key))));
      }
      EXPECT_GT(most, 0.75) << media()[i].name << " and " << media()[j].name;
    }
  }
}

TEST(Drawing, InkMediaUseFewHuesAndPostersFlatColour) {
  const auto measured = [](const char* medium) {
    const Drawing drawing = draw_medium(medium, 2, kSide, kSide);
    return measure_attributes(drawing.planes, kSide, kSide);
  };
  EXPECT_LT(measured("cross-hatching").at("saturation"), measured("stained-glass").at("saturation"));
  EXPECT_LT(measured("blueprint").at("warmth"), -10);
  EXPECT_LT(measured("poster").at("texture"), measured("mosaic").at("texture"));
}

TEST(Drawing, RefusesWhatItCannotDraw) {
  EXPECT_THAT(expect_error([] { draw_medium("frescoe", 1, 64, 64); }, ErrorCode::Usage, "style.medium"),
              testing::HasSubstr("woodcut"));
  expect_error([] { draw_medium("woodcut", 1, 63, 64); }, ErrorCode::Usage, "style.size");
  expect_error([] { draw_medium("woodcut", 1, 64, 4097); }, ErrorCode::Usage, "style.size");
  expect_error([] { draw_medium("woodcut", 1, 64, 257); }, ErrorCode::Usage, "style.size");
  EXPECT_EQ(find_medium("fresco"), nullptr);
  EXPECT_EQ(find_medium("woodcut")->phrase, "woodcut");
}

}  // namespace
}  // namespace atelier::style
