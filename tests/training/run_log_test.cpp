#include "atelier/training/detail/run_log.h"

#include <gmock/gmock.h>

#include "atelier/core/atomic_file.h"
#include "atelier/image/write_image.h"
#include "atelier/training/training_report.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::training {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string line(int step, double content) {
  return json{{"step", step},
              {"minutes", step / 10.0},
              {"gradient_norm", 3.0},
              {"terms", {{"content", content}, {"moments", 0.2}, {"gram", 0.3}}},
              {"discriminator", {{"accuracy", 0.6}, {"game_value", -1.2}}}}
             .dump() +
         "\n";
}

class Run : public ::testing::Test {
 protected:
  void write(const char* file, const std::string& text) const { write_file_atomically(run_ / file, text); }
  test::TempDir run_;
};

TEST_F(Run, WithoutMetricsIsNamed) {
  EXPECT_THAT(test::expect_error([&] { RunLog::read(run_.path()); }, ErrorCode::NoInput, "run.none"),
              HasSubstr("run folder"));
}

TEST_F(Run, CountsWhatAResumedTrainingRepeatedOnceAndSkipsHalfALine) {
  write("metrics.jsonl",
        line(1, 1.0) + line(2, 0.9) + line(3, 0.8) + line(2, 0.7) + line(3, 0.6) + "{\"step\": 4, \"min");
  const RunLog log = RunLog::read(run_.path());
  EXPECT_THAT(RunLog::curve(log.metrics, "/terms/content").second, ::testing::ElementsAre(1.0, 0.7, 0.6));
}

TEST_F(Run, LeavesLinesOutOfACurveThatDoNotHoldItsNumber) {
  write("metrics.jsonl", line(1, 1.0));
  EXPECT_TRUE(RunLog::curve(RunLog::read(run_.path()).metrics, "/terms/shift").first.empty());
}

TEST_F(Run, BecomesAReportWithVerdictsCurvesAndSheets) {
  write("metrics.jsonl", line(10, 1.0) + line(20, 0.5));
  write("config.json", R"({"generator_size": "XS", "run": "a<b"})");
  write(
      "doctor.jsonl",
      R"({"step": 20, "minutes": 2, "sheet": {"grid": {"2": 0.1, "4": 0.1, "8": 0.2}, "across_styles": 0.1}})"
      "\n"
      R"({"step": 20, "minutes": 2, "verdict": {"id": "checkerboard", "grave": true, "finding": "a grid <8>", "advice": "less"}})"
      "\n");
  write_image(run_ / "sheet-0000020.png", test::synthetic_photo(96, 64, 1));
  const std::string page = training_report(run_.path());
  EXPECT_THAT(page, HasSubstr("checkerboard, step 20: a grid &lt;8&gt;"));
  EXPECT_THAT(page, HasSubstr("aria-label=\"Content and style\""));
  EXPECT_THAT(page, HasSubstr("aria-label=\"L_GAN\""));
  EXPECT_THAT(page, HasSubstr("data:image/jpeg"));
  EXPECT_THAT(page, HasSubstr("a&lt;b"));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("<script")));
}

TEST_F(Run, WithoutComplaintsSaysSo) {
  write("metrics.jsonl", line(1, 1.0));
  write("doctor.jsonl", R"({"step": 1, "minutes": 2, "sheet": {"frame": 0}})");
  EXPECT_THAT(training_report(run_.path()), HasSubstr("no sign of a fault"));
}

TEST_F(Run, GivesItsCurveAsMeansOfStretches) {
  std::string lines;
  for (int i = 1; i <= 400; ++i) lines += line(i, i <= 200 ? 1.0 : 0.5);
  write("metrics.jsonl", lines);
  write("config.json", R"({"generator_size": "M"})");
  write("doctor.jsonl", R"({"step": 400, "minutes": 40, "sheet": {"held_out_style": 0.7}})");
  const json curve = training_curve(run_.path());
  EXPECT_EQ(curve["generator"], "M");
  EXPECT_EQ(curve["steps"], 400);
  ASSERT_EQ(curve["curve"].size(), 40u);
  EXPECT_NEAR(curve["curve"][0]["content"].get<double>(), 1.0, 1e-9);
  EXPECT_NEAR(curve["curve"][39]["content"].get<double>(), 0.5, 1e-9);
  EXPECT_NEAR(curve["curve"][39]["style"].get<double>(), 0.5, 1e-9);
  EXPECT_EQ(curve["curve"][39]["held_out_style"], 0.7);
  EXPECT_FALSE(curve["curve"][0].contains("held_out_style"));
}

TEST_F(Run, OfOneStepHasNoCurve) {
  write("metrics.jsonl", line(1, 1.0));
  test::expect_error([&] { training_curve(run_.path()); }, ErrorCode::BadData, "run.short");
}

}  // namespace
}  // namespace atelier::training
