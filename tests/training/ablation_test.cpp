#include "atelier/training/ablation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "support/expect_error.h"
#include "training/tiny_run.h"

namespace atelier::training {
namespace {

using nlohmann::json;
using test::expect_error;
using ::testing::HasSubstr;

class Ablation : public ::testing::Test {
 protected:
  Ablation() { at::set_num_threads(1); }

  json plan() const {
    json base = tiny_.config("unused", 3);
    base["phases"] = {{{"until", 1}, {"crop", 48}, {"batch", 1}}};
    base["loss"] = {{"grid_guard", 0}, {"adversarial_from", 0}, {"adversarial", 0.1}};
    return {{"run", (tiny_ / "ablation").string()},
            {"base", base},
            {"steps", 3},
            {"held_out", 0.5},
            {"photos", 1},
            {"styles", 2},
            {"variations",
             {{{"name", "full"}, {"changes", json::object()}},
              {{"name", "no-gan"}, {"changes", {{"loss", {{"adversarial", 0}, {"adversarial_late", 0}}}}}}}}};
  }
  AblationReport run(const json& plan) const {
    return run_ablation(AblationPlan::parse(plan), {.progress = Progress::Style::Quiet});
  }

  test::TinyRun tiny_{6, 8};
};

TEST_F(Ablation, JudgesEveryVariationOnHeldOutPictures) {
  const AblationReport report = run(plan());
  EXPECT_TRUE(report.finished);
  ASSERT_EQ(report.rows.size(), 2u);
  EXPECT_EQ(report.pairs, 2);
  for (const AblationRow& row : report.rows) {
    EXPECT_EQ(row.steps, 3);
    EXPECT_EQ(row.failure, "");
    EXPECT_GT(row.content, 0);
    EXPECT_GT(row.style, 0);
  }
  EXPECT_TRUE(report.rows[0].discriminator_accuracy.has_value());
  EXPECT_FALSE(report.rows[1].discriminator_accuracy.has_value());
  EXPECT_TRUE(std::filesystem::exists(tiny_ / "ablation" / "no-gan" / "report.html"));
  const json written = json::parse(read_file(tiny_ / "ablation" / "ablation.json", 1 << 20));
  EXPECT_EQ(written, report.to_json());
  EXPECT_THAT(read_file(tiny_ / "ablation" / "ablation.html", 64 << 20), HasSubstr("no-gan"));
}

TEST_F(Ablation, TrainsNothingTwice) {
  const AblationReport first = run(plan());
  const auto checkpoint = tiny_ / "ablation" / "full" / "checkpoint-3.safetensors";
  const auto written = std::filesystem::last_write_time(checkpoint);
  const AblationReport again = run(plan());
  EXPECT_EQ(std::filesystem::last_write_time(checkpoint), written);
  EXPECT_EQ(json(again.rows), json(first.rows));
}

TEST_F(Ablation, RefusesARunFolderOfAnotherPlan) {
  run(plan());
  json other = plan();
  other["steps"] = 4;
  EXPECT_THAT(expect_error([&] { run(other); }, ErrorCode::CannotCreate, "ablation.changed"),
              HasSubstr("full"));
}

TEST_F(Ablation, AVariationThatDivergesIsARowThatSaysSo) {
  json sick = plan();
  sick["steps"] = 40;
  sick["variations"][1] = {{"name", "wild"},
                           {"changes", {{"optimiser", {{"rate", 1e30}, {"warm_up", 0}, {"clip", 1e30}}}}}};
  const AblationReport report = run(sick);
  ASSERT_EQ(report.rows.size(), 2u);
  EXPECT_EQ(report.rows[0].failure, "");
  EXPECT_THAT(report.rows[1].failure, HasSubstr("roll-backs"));
  EXPECT_EQ(report.table()[2].back(), report.rows[1].failure);
}

TEST_F(Ablation, ChecksEveryVariationBeforeTrainingAny) {
  json wrong = plan();
  wrong["variations"][1]["changes"] = {{"loss", {{"shft", 0}}}};
  EXPECT_THAT(expect_error([&] { run(wrong); }, ErrorCode::Config, "config.option"),
              HasSubstr("variation no-gan"));
  EXPECT_FALSE(std::filesystem::exists(tiny_ / "ablation" / "full"));
}

TEST_F(Ablation, ChangesOfThePlanHoldForEveryVariationUntilItsOwn) {
  json changed = plan();
  changed["changes"] = {{"seed", 7}, {"loss", {{"shift", 2}, {"adversarial", 0.5}}}};
  const AblationPlan plan = AblationPlan::parse(changed);
  const TrainingOptions full = plan.options(plan.variations[0]), no_gan = plan.options(plan.variations[1]);
  for (const TrainingOptions* options : {&full, &no_gan}) {
    EXPECT_EQ(options->seed, 7u);
    EXPECT_EQ(options->loss.shift, 2);
    EXPECT_EQ(options->loss.grid_guard, 0) << "the base's own";
  }
  EXPECT_EQ(full.loss.adversarial, 0.5);
  EXPECT_EQ(no_gan.loss.adversarial, 0);
}

TEST_F(Ablation, RefusesPlansThatCompareNothing) {
  const auto refused = [&](const std::function<void(json&)>& change) {
    json wrong = plan();
    change(wrong);
    EXPECT_THROW(AblationPlan::parse(wrong), Error) << wrong.dump();
  };
  refused([](json& j) { j["variations"].erase(1); });
  refused([](json& j) { j["variations"][1]["name"] = "full"; });
  refused([](json& j) { j["variations"][1]["name"] = "../up"; });
  refused([](json& j) { j["variations"][1]["changes"]["seed"] = "x"; });
  refused([](json& j) { j["variations"][1]["changes"]["minutes"] = 5; });
  refused([](json& j) { j["changes"] = {{"minutes", 5}}; });
  refused([](json& j) { j["changes"] = 5; });
  refused([](json& j) { j["held_out"] = 0; });
  refused([](json& j) { j.erase("base"); });
  refused([](json& j) { j["base"] = 5; });
  refused([](json& j) { j["judge"] = {{"knd", "vgg19"}}; });
}

TEST(AblationTable, ComparesWithTheFirstVariation) {
  AblationReport report;
  report.rows = {{.name = "a", .changes = "{}", .content = 0.5, .style = 1},
                 {.name = "b", .changes = "{}", .content = 0.6, .style = 0.9}};
  report.rows[1].verdicts = {"checkerboard"};
  const auto table = report.table();
  EXPECT_EQ(table[1][2], "0.500");
  EXPECT_EQ(table[2][2], "0.600 (+20 %)");
  EXPECT_EQ(table[2][3], "0.900 (-10 %)");
  EXPECT_EQ(table[2].back(), "checkerboard");
}

}  // namespace
}  // namespace atelier::training
