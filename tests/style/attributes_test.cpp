#include "atelier/style/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numbers>

#include "support/expect_error.h"
#include "synthetic_styles.h"

namespace atelier::style {
namespace {

using test::draw;
using test::draw_grey;
using test::expect_error;
using test::PlanarColour;
using test::PlanarPicture;
using testing::ElementsAre;
using testing::HasSubstr;

using Measured = std::map<std::string, double>;

Measured measure(const PlanarPicture& picture) {
  return measure_attributes(picture.planes, picture.height, picture.width);
}

/// Something of everything: hills of colour, a hard edge, fine waves on one side.
PlanarColour scene(double x, double y) {
  const double hill = 0.5 + 0.3 * std::sin(5 * x + 2 * y),
               wave = x > 0.6 ? 0.1 * std::sin(90 * y + 20 * x) : 0;
  const double edge = std::hypot(x - 0.3, y - 0.4) < 0.2 ? -0.3 : 0.0;
  return {std::clamp(hill + wave + edge, 0.0, 1.0), std::clamp(0.4 + wave + 0.3 * y + edge, 0.0, 1.0),
          std::clamp(0.6 - 0.4 * y, 0.0, 1.0)};
}

/// A picture made of the scene's colours by `change`.
Measured changed(const std::function<PlanarColour(PlanarColour)>& change) {
  return measure(draw(256, 320, [&](double x, double y) { return change(scene(x, y)); }));
}

double noise(int x, int y) {
  const double wild = std::sin(x * 12.9898 + y * 78.233) * 43758.5453;
  return wild - std::floor(wild);
}

/// Random squares of `side` pixels.
PlanarPicture squares(int side) {
  return draw_grey(256, 256, [&](double x, double y) {
    return 0.2 + 0.6 * noise(static_cast<int>(x * 256) / side, static_cast<int>(y * 256) / side);
  });
}

TEST(Attributes, HaveATableThatPeopleAndFilesCanUse) {
  EXPECT_GE(attributes().size(), 10u);
  std::vector<std::string> words;
  for (const Attribute& attribute : attributes()) {
    EXPECT_EQ(find_attribute(attribute.key), &attribute);
    EXPECT_FALSE(attribute.unit.empty() || attribute.low_phrase.empty() || attribute.high_phrase.empty());
    words.insert(words.end(), {attribute.low, attribute.high});
    words.insert(words.end(), attribute.low_words.begin(), attribute.low_words.end());
    words.insert(words.end(), attribute.high_words.begin(), attribute.high_words.end());
  }
  std::sort(words.begin(), words.end());
  EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end()) << "each word means one thing";
  EXPECT_EQ(find_attribute("beauty"), nullptr);
}

TEST(Attributes, MeasureExactlyTheTable) {
  const Measured all = changed([](PlanarColour c) { return c; });
  EXPECT_TRUE(has_all_attributes(all));
  EXPECT_EQ(all.size(), attributes().size());
  EXPECT_FALSE(has_all_attributes({{"warmth", 1}, {"lightness", 0.5}})) << "an older table";
}

TEST(Attributes, ColoursMoveAsTheirWordsSay) {
  const Measured plain = changed([](PlanarColour c) { return c; });
  const Measured warmer = changed([](PlanarColour c) { return PlanarColour{c.r, c.g, 0.6 * c.b}; });
  EXPECT_GT(warmer.at("warmth"), plain.at("warmth") + 3);
  const Measured greyer = changed([](PlanarColour c) {
    const double grey = (c.r + c.g + c.b) / 3;
    return PlanarColour{(c.r + grey) / 2, (c.g + grey) / 2, (c.b + grey) / 2};
  });
  EXPECT_LT(greyer.at("saturation"), 0.7 * plain.at("saturation"));
  EXPECT_LT(greyer.at("variety"), plain.at("variety"));
  const Measured brighter = changed([](PlanarColour c) {
    return PlanarColour{0.5 + c.r / 2, 0.5 + c.g / 2, 0.5 + c.b / 2};
  });
  EXPECT_GT(brighter.at("lightness"), plain.at("lightness") + 10);
  EXPECT_LT(brighter.at("contrast"), plain.at("contrast"));
  EXPECT_LT(brighter.at("texture"), plain.at("texture"));
}

TEST(Attributes, KnowTheColoursOfAWhiteAndAnOrangeWall) {
  const Measured white = measure(draw(64, 64, [](double, double) { return PlanarColour{1, 1, 1}; }));
  EXPECT_NEAR(white.at("lightness"), 100, 0.01);
  EXPECT_NEAR(white.at("saturation"), 0, 0.1);
  EXPECT_NEAR(white.at("warmth"), 0, 0.1);
  const Measured orange = measure(draw(64, 64, [](double, double) { return PlanarColour{1, 0.5, 0}; }));
  EXPECT_GT(orange.at("warmth"), 70);
  EXPECT_NEAR(orange.at("saturation"), orange.at("warmth"), 3) << "orange is where the warm axis points";
}

TEST(Attributes, ManyHuesAreMoreVariedThanOne) {
  const auto hues = [](double turns) {
    return measure(draw(128, 128, [&](double x, double) {
      const double angle = 2 * std::numbers::pi * x * turns;
      return PlanarColour{0.5 + 0.4 * std::cos(angle), 0.5 + 0.4 * std::cos(angle - 2.1),
                          0.5 + 0.4 * std::cos(angle + 2.1)};
    }));
  };
  EXPECT_GT(hues(1).at("variety"), hues(0.1).at("variety") + 0.2);
}

TEST(Attributes, BroaderStrokesAreCoarser) {
  const double fine = measure(squares(3)).at("stroke-size"), middle = measure(squares(8)).at("stroke-size"),
               coarse = measure(squares(24)).at("stroke-size");
  EXPECT_GT(middle, fine + 0.3);
  EXPECT_GT(coarse, middle + 0.3);
}

TEST(Attributes, BlurSmoothsTexture) {
  const auto waves = [](double depth) {
    return measure(draw_grey(256, 256, [&](double x, double y) {
      return 0.5 + 0.2 * x + depth * std::sin(160 * x) * std::sin(160 * y);
    }));
  };
  EXPECT_GT(waves(0.15).at("texture"), waves(0.02).at("texture") + 0.5);
}

TEST(Attributes, ARampIsShadedAndItsPosterIsFlat) {
  const double ramp = measure(draw_grey(256, 256, [](double x, double) { return x; })).at("shading");
  const double poster =
      measure(draw_grey(256, 256, [](double x, double) { return std::floor(x * 4) / 3; })).at("shading");
  EXPECT_GT(ramp, 0.9);
  EXPECT_LT(poster, 0.4);
}

TEST(Attributes, HatchingIsOrderlyAndNoiseIsWild) {
  const double hatching = measure(draw_grey(256, 256, [](double x, double y) {
                            return 0.5 + 0.3 * std::sin(120 * (x + y));
                          })).at("disorder");
  EXPECT_LT(hatching, 0.6);
  EXPECT_GT(measure(squares(3)).at("disorder"), hatching + 0.3);
}

TEST(Attributes, DarkLinesOnLightGroundAreOutlinesAndTheReverseIsNot) {
  const auto lines = [](double ground, double line) {
    return measure(draw_grey(256, 256,
                             [&](double x, double) { return std::fmod(x * 256, 32) < 3 ? line : ground; }))
        .at("outlines");
  };
  EXPECT_GT(lines(0.9, 0.1), 3);
  EXPECT_LT(lines(0.1, 0.9), -3);
  EXPECT_NEAR(lines(0.5, 0.5), 0, 1e-6);
}

TEST(Attributes, EmptySpaceIsAiryWhateverTheContrast) {
  const auto spots = [](double reach, double depth) {
    return measure(draw_grey(256, 256,
                             [&](double x, double y) {
                               const bool is_spot = std::fmod(x * 8, 1) < 0.5 && std::fmod(y * 8, 1) < 0.5;
                               return x < reach && is_spot ? 0.5 + depth : 0.5;
                             }))
        .at("density");
  };
  EXPECT_GT(spots(1, 0.3), spots(0.25, 0.3) + 0.2);
  EXPECT_NEAR(spots(1, 0.3), spots(1, 0.2), 0.05);
}

TEST(Attributes, StayTheSameAtOtherSizesAndMirrored) {
  const Measured at = measure(draw(512, 640, scene));
  const Measured twice = measure(draw(1024, 1280, scene));
  const Measured mirrored = measure(draw(512, 640, [](double x, double y) { return scene(1 - x, y); }));
  for (const Attribute& attribute : attributes()) {
    const double value = at.at(attribute.key), tolerance = 0.02 + 0.02 * std::abs(value);
    EXPECT_NEAR(twice.at(attribute.key), value, tolerance) << attribute.key;
    EXPECT_NEAR(mirrored.at(attribute.key), value, tolerance) << attribute.key;
  }
}

TEST(Attributes, OfOneColourOrOnePixelAreFinite) {
  for (const auto& [height, width] :
       std::vector<std::pair<int, int>>{{1, 1}, {300, 2}, {2, 4000}, {40, 40}}) {
    for (const double level : {0.0, 0.5, 1.0}) {
      for (const auto& [key, value] :
           measure(draw_grey(height, width, [&](double, double) { return level; }))) {
        EXPECT_TRUE(std::isfinite(value)) << key << " of " << height << " x " << width;
      }
    }
  }
}

TEST(Attributes, RefuseWhatIsNoPicture) {
  PlanarPicture picture = draw_grey(8, 8, [](double, double) { return 0.5; });
  expect_error([&] { measure_attributes(picture.planes, 8, 9); }, ErrorCode::Internal, "style.attributes");
  expect_error([&] { measure_attributes({}, 0, 0); }, ErrorCode::Internal, "style.attributes");
  picture.planes[5] = std::numeric_limits<float>::quiet_NaN();
  expect_error([&] { measure(picture); }, ErrorCode::BadData, "style.attributes");
}

TEST(AttributeScales, AreMeanAndDeviationOfWhatEveryRowHas) {
  const std::vector<Measured> rows = {{{"warmth", 1}, {"contrast", 5}, {"density", 1}},
                                      {{"warmth", 3}, {"contrast", 5}}};
  const auto scales = scale_attributes(rows);
  ASSERT_EQ(scales.size(), 2u);
  EXPECT_EQ(scales.at("warmth"), (AttributeScale{.mean = 2, .sd = 1}));
  EXPECT_DOUBLE_EQ(scales.at("warmth").standardise(5), 3);
  EXPECT_GT(scales.at("contrast").sd, 0);
  EXPECT_EQ(scales.at("contrast").standardise(5), 0);
  EXPECT_TRUE(scale_attributes({}).empty());
}

TEST(AttributeWords, TellWhatSetsAStyleApartStrongestFirst) {
  const std::map<std::string, AttributeScale> scales = {
      {"warmth", {0, 1}}, {"lightness", {50, 10}}, {"saturation", {20, 5}}};
  const Measured style = {{"warmth", 0.2}, {"lightness", 30}, {"saturation", 25}};
  EXPECT_THAT(describe_attributes(style, scales), ElementsAre("dark", "vivid"));
  EXPECT_THAT(describe_attributes(style, scales, 1), ElementsAre("dark"));
  EXPECT_THAT(describe_attributes(style, scales, 9, 0), ElementsAre("dark", "vivid", "warm"));
}

TEST(AttributeWords, AreUnderstoodWithTheirSynonyms) {
  EXPECT_THAT(parse_wishes("muted, Coarse , not cold"),
              ElementsAre(AttributeWish{"saturation", -1}, AttributeWish{"stroke-size", 1},
                          AttributeWish{"warmth", 1}));
  EXPECT_THAT(expect_error([] { parse_wishes("warn"); }, ErrorCode::Usage, "style.words"),
              HasSubstr("did you mean 'warm'"));
  expect_error([] { parse_wishes(" , "); }, ErrorCode::Usage, "style.words");
  expect_error([] { parse_wishes("not"); }, ErrorCode::Usage, "style.words");
}

TEST(AttributeWords, RankStylesByHowWellTheyAnswer) {
  const std::map<std::string, AttributeScale> scales = {{"warmth", {0, 1}}, {"saturation", {20, 5}}};
  const auto wishes = parse_wishes("muted, warm");
  const Measured both = {{"warmth", 1}, {"saturation", 15}}, one = {{"warmth", 90}, {"saturation", 27.5}};
  EXPECT_DOUBLE_EQ(match_wishes(wishes, both, scales), 1);
  EXPECT_DOUBLE_EQ(match_wishes(wishes, one, scales), -0.625) << "an extreme is limited to 2";
  EXPECT_EQ(match_wishes(wishes, {}, scales), -2);
  EXPECT_EQ(match_wishes({}, both, scales), 0);
}

}  // namespace
}  // namespace atelier::style
