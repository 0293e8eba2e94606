#include "atelier/style/blend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "atelier/core/error.h"
#include "support/temp_dir.h"

namespace atelier::style {
namespace {

using Weighted = std::vector<std::pair<StyleCode, double>>;

StyleCode code(std::vector<float> values, std::string space = "s") {
  return {.space = std::move(space), .values = std::move(values)};
}

std::string id_of(const Weighted& weighted) {
  try {
    blend(weighted);
    return "";
  } catch (const Error& error) {
    return error.id();
  }
}

TEST(Blend, IsTheWeightedMean) {
  const StyleCode mixed = blend(Weighted{{code({0, 4}), 1}, {code({4, 0}), 3}});
  EXPECT_EQ(mixed, code({3, 1}));
}

TEST(Blend, OfOneIsItself) {
  EXPECT_EQ(blend(Weighted{{code({0.1f, -7}), 0.3}}), code({0.1f, -7}));
}

TEST(Blend, CountsOnlyTheRatioOfWeights) {
  const StyleCode a = code({1, 2}), b = code({5, -2});
  EXPECT_EQ(blend(Weighted{{a, 1}, {b, 1}}), blend(Weighted{{a, 64}, {b, 64}}));
}

TEST(Blend, RefusesWeightsThatAreNone) {
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(id_of({}), "style.weight");
  EXPECT_EQ(id_of({{code({1}), 0}}), "style.weight");
  EXPECT_EQ(id_of({{code({1}), 1}, {code({1}), -1}}), "style.weight");
  EXPECT_EQ(id_of({{code({1}), NAN}}), "style.weight");
  EXPECT_EQ(id_of({{code({1}), INFINITY}}), "style.weight");
  EXPECT_EQ(id_of({{code({1}), huge}, {code({1}), huge}}), "style.weight");
}

TEST(Blend, RefusesCodesOfDifferentSpaces) {
  EXPECT_EQ(id_of({{code({1}), 1}, {code({1}, "t"), 1}}), "style.space");
  EXPECT_EQ(id_of({{code({1}), 1}, {code({1, 2}), 1}}), "style.space");
}

TEST(Interpolate, MeetsBothEndsAndTheMiddle) {
  const StyleCode a = code({0, 8}), b = code({4, 0});
  EXPECT_EQ(interpolate(a, b, 0), a);
  EXPECT_EQ(interpolate(a, b, 1), b);
  EXPECT_EQ(interpolate(a, b, 0.25), code({1, 6}));
  EXPECT_EQ(interpolate(a, b, 2), code({8, -8}));
  EXPECT_THROW(interpolate(a, b, NAN), Error);
  EXPECT_THROW(interpolate(a, code({1, 2}, "t"), 0.5), Error);
}

TEST(Distance, IsEuclidean) {
  EXPECT_DOUBLE_EQ(distance(code({1, 1}), code({4, 5})), 5);
  EXPECT_THROW(distance(code({1}), code({1, 2})), Error);
}

struct Parsed {
  std::string text, style;
  double weight;
};

TEST(ParseWeightedStyle, SplitsAtTheLastColonBeforeANumber) {
  for (const Parsed& want : {
           Parsed{"monet", "monet", 1},
           Parsed{"hokusai-wave:0.7", "hokusai-wave", 0.7},
           Parsed{"monet:2", "monet", 2},
           Parsed{"monet:1e-3", "monet", 1e-3},
           Parsed{"pictures/wave.jpg:0.5", "pictures/wave.jpg", 0.5},
           Parsed{"pictures/12:30.jpg", "pictures/12:30.jpg", 1},
           Parsed{"pictures/12:30.jpg:0.25", "pictures/12:30.jpg", 0.25},
           Parsed{"odd:folder/wave", "odd:folder/wave", 1},
           Parsed{"code.json:3", "code.json", 3},
       }) {
    const WeightedStyle parsed = parse_weighted_style(want.text);
    EXPECT_EQ(parsed.style, want.style) << want.text;
    EXPECT_EQ(parsed.weight, want.weight) << want.text;
  }
}

TEST(ParseWeightedStyle, TakesAnExistingFileWhole) {
  test::TempDir folder;
  const std::string path = folder / "at 12:30";
  std::ofstream(path) << "x";
  EXPECT_EQ(parse_weighted_style(path).style, path);
  EXPECT_EQ(parse_weighted_style(path + ":0.5").style, path);
}

TEST(ParseWeightedStyle, RefusesWhatIsNoWeight) {
  for (const char* text : {"", "monet:", "monet:0", "monet:-1", "monet:nan", "monet:inf", "monet:0,5",
                           "monet:1e999", "monet:half", "monet:0.5x", "monet: 1", ":0.5", "monet:0.5.5"}) {
    try {
      parse_weighted_style(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.id(), "style.weight") << text;
      EXPECT_EQ(error.code(), ErrorCode::Usage) << text;
    }
  }
}

}  // namespace
}  // namespace atelier::style
