#include "atelier/training/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace atelier::training {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

StepSigns healthy_step() {
  StepSigns step;
  step.contributions = {{"content", 0.5}, {"style", 0.6}, {"identity", 0.2}};
  step.gradient_norm = 3;
  return step;
}

StepSigns game(double accuracy, double value, double spread) {
  StepSigns step = healthy_step();
  step.game = StepSigns::Game{accuracy, value, spread};
  return step;
}

SheetSigns healthy_sheet() {
  SheetSigns sheet{.across_styles = 0.15, .across_contents = 0.2};
  sheet.pictures.grid = {0.002, 0.005, 0.008};
  sheet.pictures.luma_correlation = 0.9;
  return sheet;
}

void repeat(Doctor& doctor, int times, const StepSigns& step) {
  for (int i = 0; i < times; ++i) doctor.observe(step);
}

/// The one thing wrong, or what is wrong instead.
std::string only(const Doctor& doctor) {
  std::string ids;
  for (const Diagnosis& diagnosis : doctor.current()) ids += (ids.empty() ? "" : " ") + diagnosis.id;
  return ids;
}

std::string only(const SheetSigns& sheet) {
  Doctor doctor;
  doctor.observe(sheet);
  return only(doctor);
}

TEST(Doctor, HasNothingToSayOfAHealthyTraining) {
  Doctor doctor;
  repeat(doctor, 3000, game(0.6, -1.2, 0.8));
  doctor.observe(healthy_sheet());
  EXPECT_EQ(only(doctor), "");
  EXPECT_THAT(doctor.news(), IsEmpty());
  EXPECT_EQ(doctor.hopeless(), std::nullopt);
  EXPECT_NEAR(doctor.accuracy(), 0.6, 1e-9);
  EXPECT_NEAR(doctor.game_value(), -1.2, 1e-9);
}

TEST(Doctor, SaysWhenTheDiscriminatorWinsButNotTooEarly) {
  Doctor doctor;
  repeat(doctor, Doctor::kSettled - 1, game(1.0, -0.05, 5));
  EXPECT_EQ(only(doctor), "");
  repeat(doctor, 1, game(1.0, -0.05, 5));
  EXPECT_EQ(only(doctor), "discriminator-wins");
  EXPECT_THAT(doctor.current().front().text(), HasSubstr("discriminator_rate"));
}

TEST(Doctor, SaysWhenTheDiscriminatorAnswersTheSameForAll) {
  Doctor doctor;
  repeat(doctor, 300, game(0.5, -1.386, 0));
  EXPECT_EQ(only(doctor), "discriminator-constant");
}

TEST(Doctor, SaysWhenTheDiscriminatorStaysAtChance) {
  Doctor doctor;
  repeat(doctor, Doctor::kAtChance - 1, game(0.505, -1.38, 0.3));
  EXPECT_EQ(only(doctor), "");
  repeat(doctor, 1, game(0.505, -1.38, 0.3));
  EXPECT_EQ(only(doctor), "discriminator-at-chance");
  repeat(doctor, 300, game(0.62, -1.2, 0.8));
  EXPECT_EQ(only(doctor), "") << "it learned something";
}

TEST(Doctor, NamesBothCollapses) {
  SheetSigns sheet = healthy_sheet();
  sheet.across_styles = 0.005;
  EXPECT_EQ(only(sheet), "style-collapse");
  sheet = healthy_sheet();
  sheet.across_contents = 0.005;
  EXPECT_EQ(only(sheet), "content-collapse");
}

TEST(Doctor, NamesThePeriodOfAGrid) {
  SheetSigns sheet = healthy_sheet();
  sheet.pictures.grid = {0.01, 0.045, 0.05};
  Doctor doctor;
  doctor.observe(sheet);
  EXPECT_EQ(only(doctor), "checkerboard");
  EXPECT_THAT(doctor.current().front().finding, HasSubstr("every 4 pixels"));
  EXPECT_FALSE(doctor.current().front().grave);
  sheet.pictures.grid = {0.01, 0.01, 0.2};
  doctor.observe(sheet);
  EXPECT_THAT(doctor.current().front().finding, HasSubstr("every 8 pixels"));
  EXPECT_TRUE(doctor.current().front().grave);
}

TEST(Doctor, NamesFramesBlobsAndNegatives) {
  SheetSigns sheet = healthy_sheet();
  sheet.pictures.frame = {0.1, 0, 0};
  EXPECT_EQ(only(sheet), "border-frame");
  sheet = healthy_sheet();
  sheet.pictures.border_energy = 1;
  EXPECT_EQ(only(sheet), "border-frame");
  sheet = healthy_sheet();
  sheet.pictures.blobs = 0.1;
  EXPECT_EQ(only(sheet), "blobs");
  sheet = healthy_sheet();
  sheet.pictures.luma_correlation = -0.4;
  EXPECT_EQ(only(sheet), "colour-inversion");
}

TEST(Doctor, CountsDeadFilters) {
  SheetSigns sheet = healthy_sheet();
  sheet.channels = 100;
  sheet.dead_channels = 10;
  EXPECT_EQ(only(sheet), "");
  sheet.dead_channels = 11;
  EXPECT_EQ(only(sheet), "dead-channels");
}

TEST(Doctor, SeesStylesLearnedByHeart) {
  Doctor doctor;
  const auto measure = [&](double trained, double held_out) {
    SheetSigns sheet = healthy_sheet();
    sheet.trained_style = trained;
    sheet.held_out_style = held_out;
    doctor.observe(sheet);
  };
  measure(1, 1.2);
  measure(0.6, 0.8);
  measure(0.5, 0.95);
  measure(0.45, 1.0);
  EXPECT_EQ(only(doctor), "") << "twice may be chance";
  measure(0.4, 1.1);
  EXPECT_EQ(only(doctor), "style-overfitting");
  measure(0.38, 0.79);
  EXPECT_EQ(only(doctor), "");
}

TEST(Doctor, SeesGradientsExplodeAndVanish) {
  for (const auto& [norm, id] :
       {std::pair(300.0, "gradient-exploding"), std::pair(0.001, "gradient-vanishing")}) {
    Doctor doctor;
    repeat(doctor, 1000, healthy_step());
    StepSigns step = healthy_step();
    step.gradient_norm = norm;
    repeat(doctor, 100, step);
    EXPECT_EQ(only(doctor), id);
  }
}

TEST(Doctor, CountsDroppedStepsAsExplosion) {
  Doctor doctor;
  repeat(doctor, 100, healthy_step());
  StepSigns dropped;
  dropped.dropped = true;
  repeat(doctor, 8, dropped);
  EXPECT_EQ(only(doctor), "gradient-exploding");
}

TEST(Doctor, NamesATermThatDrownsTheOthers) {
  Doctor doctor;
  StepSigns step = healthy_step();
  step.contributions["shift"] = 40;
  repeat(doctor, 300, step);
  EXPECT_EQ(only(doctor), "term-dominates");
  EXPECT_THAT(doctor.current().front().finding, HasSubstr("\"shift\""));
}

TEST(Doctor, WeighsATermByHowOftenItTakesPart) {
  Doctor doctor;
  StepSigns with = healthy_step();
  with.contributions["shift"] = 20;
  for (int i = 0; i < 400; ++i) doctor.observe(i % 4 == 0 ? with : healthy_step());
  EXPECT_EQ(only(doctor), "") << "a quarter of 20 is 79 % of the loss";
}

TEST(Doctor, SaysWhenStyleAndContentPullUnevenly) {
  Doctor doctor;
  StepSigns step = healthy_step();
  step.style_to_content = 5;
  repeat(doctor, 5, step);
  EXPECT_EQ(only(doctor), "");
  repeat(doctor, 1, step);
  EXPECT_EQ(only(doctor), "terms-unbalanced");
}

TEST(Doctor, TellsNewsOnceUntilItWentAwayOrLongPassed) {
  Doctor doctor;
  SheetSigns collapsed = healthy_sheet();
  collapsed.across_styles = 0.005;
  doctor.observe(collapsed);
  EXPECT_EQ(doctor.news().size(), 1u);
  doctor.observe(collapsed);
  EXPECT_THAT(doctor.news(), IsEmpty());
  doctor.observe(healthy_sheet());
  EXPECT_THAT(doctor.news(), IsEmpty());
  doctor.observe(collapsed);
  EXPECT_EQ(doctor.news().size(), 1u) << "back again";
  repeat(doctor, Doctor::kRepeat, healthy_step());
  EXPECT_EQ(doctor.news().size(), 1u) << "a reminder";
}

TEST(Doctor, GivesUpOnlyOnGraveFindingsThatLast) {
  Doctor doctor;
  SheetSigns collapsed = healthy_sheet();
  collapsed.across_styles = 0.005;
  for (int i = 1; i < Doctor::kLastingSheets; ++i) doctor.observe(collapsed);
  EXPECT_EQ(doctor.hopeless(), std::nullopt);
  doctor.observe(collapsed);
  ASSERT_TRUE(doctor.hopeless().has_value());
  EXPECT_EQ(doctor.hopeless()->id, "style-collapse");

  Doctor blobs;
  SheetSigns spotted = healthy_sheet();
  spotted.pictures.blobs = 0.1;
  for (int i = 0; i < 10; ++i) blobs.observe(spotted);
  EXPECT_EQ(blobs.hopeless(), std::nullopt) << "not grave";

  Doctor beaten;
  repeat(beaten, Doctor::kSettled + Doctor::kLastingSteps - 2, game(1, -0.05, 5));
  EXPECT_EQ(beaten.hopeless(), std::nullopt);
  repeat(beaten, 1, game(1, -0.05, 5));
  EXPECT_EQ(beaten.hopeless()->id, "discriminator-wins");
}

TEST(Doctor, WritesWhatItSawAsJson) {
  SheetSigns sheet = healthy_sheet();
  EXPECT_FALSE(nlohmann::json(sheet).contains("held_out_style"));
  sheet.trained_style = sheet.held_out_style = 0.5;
  const nlohmann::json json = sheet;
  EXPECT_EQ(json["held_out_style"], 0.5);
  EXPECT_EQ(json["grid"]["8"], 0.008);
}

}  // namespace
}  // namespace atelier::training
