#include "atelier/evaluation/pictures/picture_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "atelier/evaluation/pictures/contact_sheet.h"
#include "atelier/evaluation/pictures/metric_catalogue.h"
#include "atelier/evaluation/pictures/picture_page.h"
#include "atelier/evaluation/pictures/quality_gate.h"
#include "atelier/evaluation/pictures/run_comparison.h"
#include "atelier/evaluation/pictures/two_way_bootstrap.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"

namespace atelier::evaluation {
namespace {

using testing::HasSubstr;

// Two systems, 6 photos x 5 styles; the second is worse by 0.1 on every pair, and both vary much between
// photos.
PictureEvaluation small_evaluation() {
  PictureEvaluation evaluation;
  for (int i = 0; i < 6; ++i)
    evaluation.contents.push_back({"photo" + std::to_string(i), "aa" + std::to_string(i), 640, 480});
  for (int i = 0; i < 5; ++i)
    evaluation.styles.push_back({"style" + std::to_string(i), "bb" + std::to_string(i), 512, 512});
  evaluation.systems = {{"ours", "the model", false, std::nullopt},
                        {"other", "a rival", false, std::nullopt},
                        {"IDENTITY", "the photo", true, std::nullopt}};
  for (std::size_t system = 0; system < 3; ++system) {
    for (std::size_t c = 0; c < 6; ++c) {
      for (std::size_t s = 0; s < 5; ++s) {
        const double base = 0.2 * static_cast<double>(c) + 0.03 * static_cast<double>(s);
        const double style = base + 0.1 * static_cast<double>(system);
        evaluation.paintings.push_back(
            {system, c, s, {{"phi_style", style}, {"phi_content", 1 - base}, {"ssim", 0.5}}, {}});
      }
    }
  }
  evaluation.not_measured = {"LPIPS-Alex: no folder with judges was given"};
  evaluation.facts = {{"seed", 1}, {"size", 512}};
  return evaluation;
}

TEST(TwoWayBootstrap, IsWiderThanTreatingPaintingsAsIndependent) {
  std::vector<Cell> cells;
  std::vector<double> values;
  for (std::size_t c = 0; c < 8; ++c) {
    for (std::size_t s = 0; s < 20; ++s) {
      cells.push_back({c, s, static_cast<double>(c)});  // all variation is between photos
      values.push_back(static_cast<double>(c));
    }
  }
  const Interval two_way = two_way_bootstrap(cells), naive = bootstrap_mean(values);
  EXPECT_DOUBLE_EQ(two_way.mean, 3.5);
  EXPECT_GT(two_way.high - two_way.low, 3 * (naive.high - naive.low));
}

TEST(TwoWayBootstrap, CoversTheTruthAboutAsOftenAsItSays) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  int covered = 0;
  constexpr int kRuns = 120;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> content(15), style(15);
    for (double& v : content) v = normal(random);
    for (double& v : style) v = normal(random);
    std::vector<Cell> cells;
    for (std::size_t c = 0; c < 15; ++c) {
      for (std::size_t s = 0; s < 15; ++s) cells.push_back({c, s, content[c] + style[s] + normal(random)});
    }
    const Interval interval = two_way_bootstrap(cells, {.resamples = 200, .confidence = 0.95, .seed = 1});
    covered += interval.low <= 0 && 0 <= interval.high ? 1 : 0;
  }
  EXPECT_GT(covered, kRuns * 0.86);
}

TEST(TwoWayBootstrap, TakesMissingPairsAndTheSameSeed) {
  const std::vector<Cell> cells = {{0, 0, 1}, {0, 2, 2}, {3, 1, 6}};
  const Interval first = two_way_bootstrap(cells), again = two_way_bootstrap(cells);
  EXPECT_DOUBLE_EQ(first.mean, 3);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(two_way_bootstrap({}).mean, 0);
}

TEST(PictureSummary, ComparesSystemsPairByPair) {
  const PictureSummary summary = summarise(small_evaluation(), {.resamples = 300});
  const Interval own = summary.systems[1].metrics.at("phi_style"),
                 difference = summary.systems[1].differences.at("phi_style");
  EXPECT_NEAR(difference.mean, 0.1, 1e-9);
  EXPECT_LT(difference.high - difference.low, 1e-9);  // though each system alone varies much
  EXPECT_GT(own.high - own.low, 0.2);
  EXPECT_FALSE(summary.systems[0].metrics.contains("style"));  // VGG-19 was not there: absent, not 0
}

TEST(PictureSummary, SurvivesItsFile) {
  const PictureSummary summary = summarise(small_evaluation(), {.resamples = 50});
  const std::string text = summary.to_json().dump();
  EXPECT_EQ(PictureSummary::parse(text, "s.json").to_json().dump(), text);
  EXPECT_THAT(test::expect_error([] { PictureSummary::parse("{\"schema\": 1}", "s.json"); },
                                 ErrorCode::BadData, "evaluation.summary"),
              HasSubstr("s.json"));
  test::expect_error([] { PictureSummary::parse("no json", "s.json"); }, ErrorCode::BadData,
                     "evaluation.summary");
}

TEST(PictureEvaluation, WritesOneLineAPaintingAndNothingForWhatWasNotMeasured) {
  PictureEvaluation evaluation = small_evaluation();
  evaluation.contents[0].name = "a,\"b\"";
  const std::string csv = evaluation.to_csv();
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 3 * 6 * 5);
  EXPECT_THAT(csv, HasSubstr("ours,\"a,\"\"b\"\"\",style0,,,"));
}

TEST(QualityGate, ReadsConditionsAndNamesMistakes) {
  const QualityGate gate = QualityGate::parse("other:phi_style>=0.6");
  EXPECT_EQ(gate.system, "other");
  const PictureSummary summary = summarise(small_evaluation(), {.resamples = 20});
  EXPECT_NEAR(gate.value_in(summary), 0.66, 1e-9);
  EXPECT_TRUE(gate.is_hit(0.6));
  EXPECT_FALSE(QualityGate::parse("phi_style>0.6").is_hit(0.6));
  EXPECT_TRUE(QualityGate::parse("ssim<0.6").is_hit(0.5));
  EXPECT_THAT(test::expect_error([] { QualityGate::parse("stile>1"); }, ErrorCode::Usage, "evaluate.gate"),
              HasSubstr("did you mean 'style'"));
  for (const char* bad : {"style", ">3", "style>", "style>x", "style>nan", "style>1x"})
    test::expect_error([&] { QualityGate::parse(bad); }, ErrorCode::Usage, "evaluate.gate");
}

TEST(QualityGate, IsNotPassedForLackOfANumber) {
  const PictureSummary summary = summarise(small_evaluation(), {.resamples = 20});
  test::expect_error([&] { QualityGate::parse("style>1").value_in(summary); }, ErrorCode::Unavailable,
                     "evaluate.not_measured");
  test::expect_error([&] { QualityGate::parse("nobody:ssim>1").value_in(summary); }, ErrorCode::Usage,
                     "evaluate.gate");
}

TEST(RunComparison, WarnsAboutOtherPicturesAndSettings) {
  PictureEvaluation other = small_evaluation();
  other.styles[1].sha256 = "cc";
  other.facts["size"] = 256;
  const auto comparison = RunComparison::of(
      {{"a", summarise(small_evaluation(), {.resamples = 20})}, {"b", summarise(other, {.resamples = 20})}},
      {"phi_style"});
  ASSERT_EQ(comparison.notes.size(), 2u);
  EXPECT_THAT(comparison.notes[0], HasSubstr("other pictures"));
  EXPECT_THAT(comparison.notes[1], HasSubstr("another size"));
  EXPECT_EQ(comparison.rows.size(), 6u);
  EXPECT_EQ(comparison.header.back(), "phi_style");
  test::expect_error([&] { RunComparison::of({}, {"beauty"}); }, ErrorCode::Usage, "evaluate.metric");
}

TEST(ContactSheet, PutsPicturesInTheirPlacesOnWhite) {
  Image black(10, 10);
  const Image sheet = contact_sheet({{std::nullopt, black}, {black}}, 8, 2);
  EXPECT_EQ(sheet.width(), 18);
  EXPECT_EQ(sheet.height(), 18);
  const auto at = [&](int x, int y) { return sheet.rgb8()[static_cast<std::size_t>(y * 18 + x) * 3]; };
  EXPECT_EQ(at(3, 3), 255);
  EXPECT_EQ(at(13, 3), 0);
  EXPECT_EQ(at(3, 13), 0);
  EXPECT_EQ(at(13, 13), 255);
  EXPECT_EQ(at(9, 3), 255);
}

TEST(PicturePage, StandsAloneAndSaysWhatWasNotMeasured) {
  PictureEvaluation evaluation = small_evaluation();
  evaluation.contents[2].name = "<script>";
  evaluation.warnings = {"photo left out: broken.jpg"};
  const PictureSummary summary = summarise(evaluation, {.resamples = 20});
  const Image picture = test::synthetic_photo(32, 32, 1);
  const std::string html =
      picture_page(evaluation, summary,
                   {.photo = [&](std::size_t) { return picture; },
                    .style = [&](std::size_t) { return picture; },
                    .painting =
                        [&](std::size_t system, std::size_t content, std::size_t) {
                          return system == 1 && content == 3 ? std::nullopt : std::optional(picture);
                        }});
  EXPECT_THAT(html, HasSubstr("Not measured: LPIPS-Alex"));
  EXPECT_THAT(html, HasSubstr("broken.jpg"));
  EXPECT_THAT(html, HasSubstr("data:image/jpeg;base64,"));
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, testing::Not(HasSubstr("<script>")));
  for (const char* loads : {"src=\"http", "href=\"http", "url(http"})
    EXPECT_THAT(html, testing::Not(HasSubstr(loads)));
}

TEST(MetricCatalogue, NamesEveryMetricOnce) {
  std::vector<std::string> keys = metric_keys();
  const std::size_t count = keys.size();
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  EXPECT_EQ(keys.size(), count);
  EXPECT_NE(find_metric("kid"), nullptr);
  EXPECT_EQ(find_metric("beauty"), nullptr);
}

}  // namespace
}  // namespace atelier::evaluation
