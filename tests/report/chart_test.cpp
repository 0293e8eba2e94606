#include "atelier/report/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "atelier/report/detail/axis.h"
#include "support/expect_error.h"

namespace atelier::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(NiceTicks, AreRoundAndCoverTheRange) {
  EXPECT_THAT(nice_ticks(0, 10, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(nice_ticks(-0.4, 0.9, 3), ElementsAre(-0.5, 0, 0.5, 1));
  for (const auto& [low, high] :
       {std::pair(0.0013, 0.0171), std::pair(-17.0, 1234.0), std::pair(3.0, 3.0), std::pair(0.0, 0.0)}) {
    const auto ticks = nice_ticks(low, high, 5);
    EXPECT_GE(ticks.size(), 2u);
    EXPECT_LE(ticks.size(), 9u);
    EXPECT_LE(ticks.front(), low);
    EXPECT_GE(ticks.back(), high);
  }
}

TEST(NiceTicks, CountDecadesOnALogarithmicAxis) {
  EXPECT_THAT(decade_ticks(0.02, 3), ElementsAre(0.01, 0.1, 1, 10));
}

TEST(TickText, ShowsTheDigitsThatTellTicksApart) {
  EXPECT_EQ(tick_text(0.25, 0.05), "0.25");
  EXPECT_EQ(tick_text(30, 10), "30");
  EXPECT_EQ(tick_text(-0.0, 0.5), "0.0");
}

TEST(Axis, PutsTheEndsWhereTheyBelong) {
  const Axis axis({0, 5, 10}, 100, 20);
  EXPECT_DOUBLE_EQ(axis.at(0), 100);
  EXPECT_DOUBLE_EQ(axis.at(10), 20);
  EXPECT_DOUBLE_EQ(Axis({1, 10, 100}, 0, 100, true).at(10), 50);
}

TEST(LineChart, DrawsOneCurveForEachSeriesAndNamesIt) {
  const std::string svg = LineChart({.title = "Loss", .x_label = "step"})
                              .add({.name = "content", .x = {0, 1, 2}, .y = {3, 2, 1}})
                              .add({.name = "style & more", .x = {0, 1, 2}, .y = {1, 1, 1}})
                              .svg();
  EXPECT_THAT(svg, StartsWith("<svg"));
  EXPECT_EQ(count(svg, "<polyline"), 2);
  EXPECT_THAT(svg, HasSubstr("style &amp; more"));
}

TEST(LineChart, BreaksTheCurveWhereAValueIsMissing) {
  const std::string svg =
      LineChart({}).add({.name = "a", .x = {0, 1, 2, 3, 4}, .y = {1, 2, kNan, 2, 1}}).svg();
  EXPECT_EQ(count(svg, "<polyline"), 2);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(LineChart, ShadesItsBand) {
  const std::string svg =
      LineChart({})
          .add({.name = "a", .x = {0, 1}, .y = {1, 2}, .band = {.low = {0, 1}, .high = {2, 3}}})
          .svg();
  EXPECT_EQ(count(svg, "<polygon"), 1);
}

TEST(LineChart, LeavesOutWhatALogarithmCannotShow) {
  const std::string svg =
      LineChart({}).add({.name = "a", .x = {0, 1, 2}, .y = {0, 1, 100}}).logarithmic().svg();
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_THAT(svg, HasSubstr(">100<"));
}

TEST(LineChart, SaysSoWhenThereIsNothingToDraw) {
  EXPECT_THAT(LineChart({}).svg(), HasSubstr("no data"));
  EXPECT_THAT(LineChart({}).add({.name = "a", .x = {1}, .y = {kNan}}).svg(), HasSubstr("no data"));
}

TEST(LineChart, RefusesSeriesOfDifferentLengths) {
  test::expect_error(
      [] {
        LineChart({}).add({.name = "a", .x = {1, 2}, .y = {1}});
      },
      ErrorCode::Internal, "chart.lengths");
}

TEST(BarChart, DrawsABarForEachValueWithItsInterval) {
  const std::string svg =
      BarChart({.title = "Style"}, {"one", "two"})
          .add({.name = "ours", .values = {1, 2}, .interval = {.low = {0.5, 1.5}, .high = {1.5, 2.5}}})
          .add({.name = "theirs", .values = {1, kNan}})
          .svg();
  EXPECT_EQ(count(svg, "<rect"), 3 + 2);  // bars and the legend
  EXPECT_THAT(svg, HasSubstr("one ours: 1"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(BarChart, ShowsValuesBelowZeroOnTheOtherSide) {
  const std::string svg = BarChart({}, {"a", "b"}).add({.name = "", .values = {-1, 1}}).svg();
  EXPECT_EQ(count(svg, "<rect"), 2);
  EXPECT_THAT(svg, Not(HasSubstr("width=\"-")));
}

TEST(BarChart, RefusesAValueTooFew) {
  test::expect_error(
      [] {
        BarChart({}, {"a", "b"}).add({.name = "x", .values = {1}});
      },
      ErrorCode::Internal, "chart.lengths");
}

TEST(ScatterChart, LabelsItsPointsAndJoinsThemOnRequest) {
  const std::string svg =
      ScatterChart({.x_label = "content", .y_label = "style"})
          .add({.name = "ours", .points = {{0.1, 0.5, "0.5"}, {0.4, 0.2, "1.0"}}, .joined = true})
          .add({.name = "<other>", .points = {{0.3, 0.3, "", std::pair(0.2, 0.4), std::pair(0.1, 0.5)}}})
          .svg();
  EXPECT_EQ(count(svg, "<circle"), 3);
  EXPECT_EQ(count(svg, "<polyline"), 1);
  EXPECT_THAT(svg, HasSubstr(">1.0</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<other>")));
}

}  // namespace
}  // namespace atelier::report
