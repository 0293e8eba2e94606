#include "atelier/style/style_space.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "atelier/core/error.h"
#include "atelier/style/blend.h"

namespace atelier::style {
namespace {

constexpr const char* kSpace = "s";

StyleCode code(std::vector<float> values) {
  return {.space = kSpace, .values = std::move(values)};
}

/// Codes in a plane of a five-dimensional space: mean + 3 a u + 0.5 b v with a, b of unit variance.
std::vector<StyleCode> plane_codes(int count) {
  const double root = std::sqrt(0.5);
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<StyleCode> codes;
  for (int i = 0; i < count; ++i) {
    const double a = 3 * normal(random), b = 0.5 * normal(random);
    codes.push_back(code({static_cast<float>(1 + a * root), static_cast<float>(2 + a * root),
                          static_cast<float>(3 + b), 4, 5}));
  }
  return codes;
}

TEST(StyleSpace, FindsTheDirectionsAndSpreadOfThePlane) {
  const StyleSpace space = StyleSpace::fit(kSpace, plane_codes(4000), 5);
  ASSERT_EQ(space.components.size(), 2u) << "a plane has two directions";
  EXPECT_NEAR(space.scale[0], 3, 0.1);
  EXPECT_NEAR(space.scale[1], 0.5, 0.02);
  EXPECT_NEAR(space.components[0][0], std::sqrt(0.5), 0.01);
  EXPECT_NEAR(space.components[0][1], std::sqrt(0.5), 0.01);
  EXPECT_NEAR(space.components[1][2], 1, 0.01);
  EXPECT_EQ(space.dim(), 5);
}

TEST(StyleSpace, CoordinatesOfTheCollectionAreWhite) {
  const std::vector<StyleCode> codes = plane_codes(200);
  const StyleSpace space = StyleSpace::fit(kSpace, codes, 2);
  std::array<double, 5> sums{};
  for (const StyleCode& c : codes) {
    const std::vector<double> z = space.project(c);
    sums[0] += z[0];
    sums[1] += z[1];
    sums[2] += z[0] * z[0];
    sums[3] += z[1] * z[1];
    sums[4] += z[0] * z[1];
  }
  for (double& sum : sums) sum /= 200;
  EXPECT_NEAR(sums[0], 0, 1e-4);
  EXPECT_NEAR(sums[1], 0, 1e-4);
  EXPECT_NEAR(sums[2], 1, 1e-4);
  EXPECT_NEAR(sums[3], 1, 1e-4);
  EXPECT_NEAR(sums[4], 0, 1e-4);
}

TEST(StyleSpace, CodeAtUndoesProject) {
  const std::vector<StyleCode> codes = plane_codes(50);
  const StyleSpace space = StyleSpace::fit(kSpace, codes, 2);
  EXPECT_LT(distance(space.code_at(space.project(codes[3])), codes[3]), 1e-4);
  EXPECT_EQ(space.code_at(std::vector<double>{}).values, space.mean);
  EXPECT_THROW(space.code_at(std::vector<double>(3)), Error);
}

TEST(StyleSpace, ResidualIsTheDistanceToThePlane) {
  const std::vector<StyleCode> codes = plane_codes(50);
  const StyleSpace space = StyleSpace::fit(kSpace, codes, 2);
  StyleCode outside = codes[0];
  outside.values[3] += 3;
  outside.values[4] += 4;
  EXPECT_NEAR(space.residual(codes[0]), 0, 1e-4);
  EXPECT_NEAR(space.residual(outside), 5, 1e-4);
}

TEST(StyleSpace, IsTheSameForTheSameCodes) {
  EXPECT_EQ(StyleSpace::fit(kSpace, plane_codes(20), 2), StyleSpace::fit(kSpace, plane_codes(20), 2));
}

TEST(StyleSpace, HasFewerDirectionsWhenCodesSpanFewer) {
  const std::vector<StyleCode> two = {code({0, 0, 0}), code({2, 0, 0})};
  const StyleSpace space = StyleSpace::fit(kSpace, two, 3);
  ASSERT_EQ(space.components.size(), 1u);
  EXPECT_NEAR(space.scale[0], 1, 1e-6);
  const std::vector<StyleCode> same = {code({1, 2}), code({1, 2})};
  EXPECT_TRUE(StyleSpace::fit(kSpace, same, 2).components.empty());
}

TEST(StyleSpace, RefusesCodesThatDoNotFit) {
  EXPECT_THROW(StyleSpace::fit(kSpace, std::vector<StyleCode>{code({1})}, 1), Error);
  EXPECT_THROW(StyleSpace::fit(kSpace, std::vector<StyleCode>{code({1}), code({1, 2})}, 1), Error);
  EXPECT_THROW(StyleSpace::fit(kSpace, std::vector<StyleCode>{code({1}), code({NAN})}, 1), Error);
  EXPECT_THROW(StyleSpace::fit("t", plane_codes(3), 1), Error);
  const StyleSpace space = StyleSpace::fit(kSpace, plane_codes(9), 2);
  EXPECT_THROW(space.project(code({1, 2})), Error);
  EXPECT_THROW(space.residual({.space = "t", .values = std::vector<float>(5)}), Error);
}

TEST(StyleSpace, KeepsEverythingThroughText) {
  const StyleSpace space = StyleSpace::fit(kSpace, plane_codes(30), 2);
  EXPECT_EQ(StyleSpace::parse(space.to_text(), "space.json"), space);
}

TEST(StyleSpace, RefusesBrokenText) {
  const std::string head = R"({"atelier_style_space": 1, "id": "s", )";
  const auto id_of = [](const std::string& text) -> std::string {
    try {
      StyleSpace::parse(text, "space.json");
      return "";
    } catch (const Error& error) {
      return error.id();
    }
  };
  EXPECT_EQ(id_of(head + R"("mean": [0], "components": [[1]], "scale": [2]})"), "");
  for (const char* rest : {
           R"("mean": [0], "components": [[1]], "scale": [0]})",
           R"("mean": [0], "components": [[1]], "scale": [-1]})",
           R"("mean": [0], "components": [[1]], "scale": []})",
           R"("mean": [0], "components": [[1, 2]], "scale": [1]})",
           R"("mean": [], "components": [], "scale": []})",
           R"("mean": [0], "components": 1, "scale": [1]})",
           R"("mean": [0], "components": [[1]], "scale": [1], "x": 1})",
           R"("mean": [0], "components": [[1]]})",
           "",
       }) {
    EXPECT_EQ(id_of(head + rest), "style.space_file") << rest;
  }
}

}  // namespace
}  // namespace atelier::style
