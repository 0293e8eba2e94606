#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>

#include "atelier/training/detail/dead_channels.h"
#include "atelier/training/detail/held_out.h"
#include "atelier/training/detail/judge.h"
#include "atelier/training/trainer.h"
#include "training/tiny_run.h"

namespace atelier::training {
namespace {

using nlohmann::json;
using ::testing::Contains;

/// Trainings made to fail, on a tiny network: the doctor must name what was done to them.
class SickTraining : public ::testing::Test {
 protected:
  SickTraining() { at::set_num_threads(1); }

  TrainingSummary train(const json& config, bool stop = false) const {
    return train_base(TrainingOptions::parse(config),
                      {.doctor_stops = stop, .progress = Progress::Style::Quiet});
  }
  /// Every id in doctor.jsonl.
  std::vector<std::string> told(const std::string& run) const {
    std::vector<std::string> ids;
    std::ifstream stream(tiny_ / run / "doctor.jsonl");
    for (std::string text; std::getline(stream, text);) {
      const json line = json::parse(text);
      if (line.contains("verdict")) ids.push_back(line["verdict"]["id"]);
    }
    return ids;
  }
  json config(int steps) const {
    json config = tiny_.config("run", steps);
    config["phases"] = {{{"until", 1}, {"crop", 48}, {"batch", 2}}};
    config["loss"]["grid_guard"] = 0;
    config["loss"]["sliced_wasserstein"] = 0;
    return config;
  }

  test::TinyRun tiny_;
};

TEST_F(SickTraining, ItsReportStandsInTheRunFolder) {
  train(config(4));
  EXPECT_TRUE(std::filesystem::exists(tiny_ / "run" / "report.html"));
}

TEST_F(SickTraining, WithoutAnyStyleTermCollapsesAndIsStopped) {
  json sick = config(60);
  sick["sheet_every"] = 2;
  sick["loss"] = {{"content", 1},          {"moments", 0},          {"gram", 0},       {"adversarial", 0},
                  {"adversarial_late", 0}, {"code_consistency", 0}, {"grid_guard", 0}, {"shift", 0}};
  const TrainingSummary summary = train(sick, /*stop=*/true);
  ASSERT_TRUE(summary.stopped_by.has_value());
  EXPECT_LT(summary.steps, 60);
  EXPECT_FALSE(summary.finished);
  EXPECT_THAT(told("run"), Contains("style-collapse"));
  EXPECT_TRUE(std::filesystem::exists(tiny_ / "run" /
                                      ("checkpoint-" + std::to_string(summary.steps) + ".safetensors")));
  EXPECT_TRUE(std::filesystem::exists(tiny_ / "run" / "report.html"));
}

TEST_F(SickTraining, WarnedOnlyGoesOnToItsEnd) {
  json sick = config(10);
  sick["sheet_every"] = 2;
  sick["loss"]["moments"] = sick["loss"]["gram"] = 0;
  const TrainingSummary summary = train(sick);
  EXPECT_TRUE(summary.finished);
  EXPECT_EQ(summary.stopped_by, std::nullopt);
}

TEST_F(SickTraining, ATermThatDrownsTheOthersIsNamed) {
  json sick = config(Doctor::kSettled + 5);
  sick["phases"] = {{{"until", 1}, {"crop", 32}, {"batch", 1}}};
  // At such a weight the term is soon learned away; a crawling rate keeps it where it is.
  sick["optimiser"] = {{"rate", 1e-6}, {"rate_end", 1e-6}};
  sick["loss"] = {{"total_variation", 10000},
                  {"shift", 0},
                  {"grid_guard", 0},
                  {"adversarial", 0},
                  {"adversarial_late", 0}};
  train(sick);
  EXPECT_THAT(told("run"), Contains("term-dominates"));
}

TEST_F(SickTraining, ADiscriminatorWithoutHandicapWins) {
  json sick = config(Doctor::kSettled + 150);
  sick["phases"] = {{{"until", 1}, {"crop", 32}, {"batch", 1}}};
  sick["mixup"] = 0;
  sick["optimiser"] = {{"rate", 1e-6}, {"rate_end", 1e-6}, {"discriminator_rate", 0.01}};
  sick["adversarial"] = {{"crop", 32}, {"r1_gamma", 0}, {"augment", 0}, {"mismatch", 0}};
  sick["loss"] = {{"adversarial_from", 0}, {"shift", 0},    {"grid_guard", 0},
                  {"code_consistency", 0}, {"identity", 0}, {"identity_late", 0}};
  train(sick);
  EXPECT_THAT(told("run"), Contains("discriminator-wins"));
}

TEST_F(SickTraining, HeldOutPicturesAreMeasuredBesideTrainedOnes) {
  json watched = test::TinyRun(6, 8).config("unused", 2);
  const test::TinyRun many(6, 8);
  watched = many.config("run", 2);
  watched["held_out"] = 0.5;
  watched["loss"]["adversarial"] = 0;
  train_base(TrainingOptions::parse(watched), {.progress = Progress::Style::Quiet});
  std::ifstream stream(many / "run" / "doctor.jsonl");
  std::string text;
  ASSERT_TRUE(std::getline(stream, text));
  const json sheet = json::parse(text).at("sheet");
  EXPECT_GT(sheet.at("trained_style").get<double>(), 0);
  EXPECT_GT(sheet.at("held_out_style").get<double>(), 0);
}

std::vector<at::Tensor> parameters_of(torch::nn::Sequential& net) {
  return net->parameters();
}

TEST(DeadChannels, AreThoseThatNoGradientReaches) {
  torch::manual_seed(1);
  torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 4, 3)), torch::nn::ReLU(),
                            torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 2, 3)));
  {
    const torch::NoGradGuard no_grad;
    net[0]->named_parameters()["bias"][2] = -1000;
  }
  DeadChannels dead;
  for (int i = 0; i < DeadChannels::kSilent; ++i) {
    EXPECT_EQ(dead.dead(), 0) << "too early to tell";
    net->zero_grad();
    net->forward(torch::rand({1, 3, 12, 12})).square().sum().backward();
    dead.observe(parameters_of(net));
  }
  EXPECT_EQ(dead.channels(), 6);
  EXPECT_EQ(dead.dead(), 1);
}

std::vector<TrainingPicture> hashed(const std::vector<std::string>& hashes) {
  std::vector<TrainingPicture> pictures;
  for (const std::string& hash : hashes) pictures.push_back({.sha256 = hash});
  return pictures;
}

TEST(TakeHeldOut, IsDecidedByTheFileAlone) {
  auto pictures = hashed({"ffffffff00", "0000000100", "80000000aa", "00ffffff01"});
  const auto held = take_held_out(pictures, 0.01);
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].sha256, "0000000100");
  EXPECT_EQ(held[1].sha256, "00ffffff01");
  EXPECT_EQ(pictures.size(), 2u);
}

TEST(TakeHeldOut, LeavesAtLeastOneAndNothingIsAskedForByDefault) {
  auto pictures = hashed({"0000000100", "0000000200"});
  EXPECT_TRUE(take_held_out(pictures, 0).empty());
  EXPECT_EQ(take_held_out(pictures, 0.5).size(), 1u);
  EXPECT_EQ(pictures.size(), 1u);
}

}  // namespace
}  // namespace atelier::training
