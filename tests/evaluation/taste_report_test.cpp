#include "atelier/evaluation/taste_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace atelier::evaluation {
namespace {

using testing::HasSubstr;

LearningCurve curve(const std::string& name, double early, double late) {
  const auto scores = [](double value) {
    std::vector<PersonScore> people;
    for (int i = 0; i < 10; ++i) people.push_back({value + 0.001 * (i % 2), value, 1, 1, 0.9});
    return people;
  };
  return {name, "formula of " + name, false, {scores(early), scores(late)}};
}

RealPeopleResult art91(double early, double late) {
  RealPeopleResult result;
  result.set = "art91";
  result.what = "liking";
  result.people = result.scored = 10;
  result.folds = 5;
  result.points = {"12", "all but 20 %"};
  result.curves = {curve("item mean", 0.4, 0.45), curve("taste model", early, late)};
  return result;
}

TEST(TasteReport, BarsSayPassOrByHowMuchTheyFallShort) {
  TasteReport good(1), bad(1);
  good.add(art91(0.42, 0.54));
  bad.add(art91(0.38, 0.5));
  EXPECT_TRUE(good.all_reached());
  ASSERT_EQ(bad.bars().size(), 3u);
  EXPECT_FALSE(bad.bars()[0].reached());
  EXPECT_NEAR(bad.bars()[0].short_by(), 0.02, 1e-9);
  EXPECT_NEAR(bad.bars()[2].short_by(), 0.0295, 1e-6);
  EXPECT_EQ(bad.bar_table().rows[1].back(), "short by 0.020");
  EXPECT_EQ(good.bar_table().rows[1].back(), "PASS");
}

TEST(TasteReport, WhatWasNotMeasuredIsNoPass) {
  Bar bar;
  bar.measured = std::nan("");
  EXPECT_FALSE(bar.reached());
  bar.at_least = false;
  EXPECT_FALSE(bar.reached());
}

TEST(TasteReport, JsonHasNumbersAndNoNan) {
  TasteReport report(7);
  RealPeopleResult result = art91(0.42, 0.54);
  for (auto& score : result.curves[0].scores[0]) score.nll = std::nan("");
  report.add(result);
  report.add_note("simulated people were left out");
  const nlohmann::json json = report.to_json();
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["seed"], 7);
  EXPECT_TRUE(json["real_people"][0]["curves"][0]["points"][0]["nll"]["mean"].is_null());
  const auto& point = json["real_people"][0]["curves"][1]["points"][0];
  EXPECT_NEAR(point["spearman_above_item_mean"]["mean"].get<double>(), 0.02, 1e-9);
  EXPECT_EQ(json["all_reached"], true);
}

TEST(TasteReport, EveryRowOfATableHasAsManyCellsAsItsHeading) {
  TasteReport report(1);
  report.add(art91(0.42, 0.54));
  ASSERT_FALSE(report.tables().empty());
  for (const ReportTable& table : report.tables()) {
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.rows.front().size()) << table.title;
  }
}

TEST(TasteReport, MarkdownHasTheNotesTheBarsAndTheFormulas) {
  TasteReport report(1);
  report.add_note("real ratings were absent");
  report.add(art91(0.42, 0.54));
  const std::string text = report.to_markdown();
  EXPECT_THAT(text, HasSubstr("- real ratings were absent"));
  EXPECT_THAT(text, HasSubstr("| PASS |"));
  EXPECT_THAT(text, HasSubstr("**taste model**: formula of taste model"));
}

}  // namespace
}  // namespace atelier::evaluation
