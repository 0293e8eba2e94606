#include "atelier/style/interpolation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/expect_error.h"
#include "synthetic_styles.h"

namespace atelier::style {
namespace {

using test::expect_error;

StyleCode code(std::vector<float> values) {
  return {.space = "s", .values = std::move(values)};
}

TEST(EvenPath, StepsAreEvenInWhitenedCoordinates) {
  const std::vector<StyleCode> codes = test::three_families();
  const StyleSpace space = StyleSpace::fit("families", codes, 4);
  const std::vector<PathStep> path = even_path(codes[0], codes[1], 5, space);
  ASSERT_EQ(path.size(), 5u);
  EXPECT_EQ(path.front().code, codes[0]);
  EXPECT_EQ(path.back().code, codes[1]);
  for (std::size_t i = 0; i < path.size(); ++i) {
    EXPECT_NEAR(path[i].t, 0.25 * static_cast<double>(i), 1e-6);
    EXPECT_NEAR(path[i].distance, i == 0 ? 0 : path[1].distance, 1e-12);
  }
  EXPECT_GT(path[1].distance, 0);
}

// A look that hurries at the end: its square root is even.
TEST(EvenPath, StepsAreEvenInALookThatIsNot) {
  const StyleLook look = [](const StyleCode& c) {
    return std::vector<double>{static_cast<double>(c.values[0]) * c.values[0], 1.0};
  };
  const std::vector<PathStep> path = even_path(code({0}), code({1}), 6, look);
  for (std::size_t i = 1; i < path.size(); ++i) {
    EXPECT_NEAR(look(path[i].code)[0] - look(path[i - 1].code)[0], 0.2, 0.012) << i;
    EXPECT_NEAR(path[i].distance, 0.2, 1e-6);
  }
  EXPECT_NEAR(path[1].t, std::sqrt(0.2), 0.02);
}

TEST(EvenPath, BetweenAStyleAndItselfIsEvenInT) {
  const std::vector<PathStep> path =
      even_path(code({2}), code({2}), 3, [](const StyleCode&) { return std::vector<double>{1}; });
  EXPECT_DOUBLE_EQ(path[1].t, 0.5);
  EXPECT_EQ(path[1].distance, 0);
}

TEST(EvenPath, RefusesWhatIsNoPath) {
  const StyleLook look = [](const StyleCode&) { return std::vector<double>{1}; };
  expect_error([&] { even_path(code({1}), code({2}), 1, look); }, ErrorCode::Usage, "style.steps");
  expect_error([&] { even_path(code({1}), code({2}), 1001, look); }, ErrorCode::Usage, "style.steps");
  expect_error([&] { even_path(code({1}), {.space = "t", .values = {1}}, 3, look); }, ErrorCode::BadData,
               "style.space");
}

}  // namespace
}  // namespace atelier::style
