#include "atelier/nn/feature_discriminator.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "atelier/core/error.h"
#include "support/check_gradients.h"
#include "support/tensor_matchers.h"

namespace atelier::nn {
namespace {

const FeatureDiscriminatorOptions kTinyHeads = {.channels = {5, 7}, .width = 4, .code_dim = 6};

std::vector<at::Tensor> taps(c10::ScalarType type = torch::kFloat) {
  return {torch::rand({2, 5, 16, 24}, type), torch::rand({2, 7, 8, 12}, type)};
}

TEST(FeatureDiscriminatorTest, JudgesPatchesOfEveryTap) {
  const auto logits = FeatureDiscriminator(kTinyHeads)(taps(), torch::randn({2, 6}));
  ASSERT_EQ(logits.size(), 2u);
  EXPECT_EQ(logits[0].sizes(), (std::vector<std::int64_t>{2, 1, 4, 6}));
  EXPECT_EQ(logits[1].sizes(), (std::vector<std::int64_t>{2, 1, 2, 3}));
}

TEST(FeatureDiscriminatorTest, TheStyleAskedForChangesTheVerdictButLearnsNothing) {
  torch::manual_seed(1);
  FeatureDiscriminator judge(kTinyHeads);
  judge->eval();
  const auto seen = taps();
  at::Tensor code = torch::randn({2, 6}).requires_grad_();
  const auto asked = judge(seen, code), opposite = judge(seen, -code);
  for (std::size_t t = 0; t < 2; ++t) EXPECT_FALSE(test::tensors_near(asked[t], opposite[t], 1e-4));
  (asked[0].sum() + asked[1].sum()).backward();
  EXPECT_FALSE(code.grad().defined());
}

TEST(FeatureDiscriminatorTest, TheNetworksScaleDoesNotMatterButWhereAPictureIsEmptyDoes) {
  torch::manual_seed(2);
  FeatureDiscriminator judge(kTinyHeads);
  judge->eval();
  const auto seen = taps();
  const at::Tensor code = torch::randn({2, 6});
  const auto plain = judge(seen, code),
             loud = judge(std::vector<at::Tensor>{seen[0] * 300, seen[1] * 300}, code);
  for (std::size_t t = 0; t < 2; ++t) EXPECT_TRUE(test::tensors_near(plain[t], loud[t], 1e-3));
  at::Tensor half_empty = seen[0].clone();
  half_empty.narrow(3, 0, 12).mul_(0.01);
  EXPECT_FALSE(
      test::tensors_near(judge(std::vector<at::Tensor>{half_empty, seen[1]}, code)[0], plain[0], 1e-2));
}

TEST(FeatureDiscriminatorTest, GradientsMatchFiniteDifferences) {
  torch::manual_seed(3);
  FeatureDiscriminator judge(kTinyHeads);
  judge->to(torch::kDouble);
  // In training mode the power iteration would move on between two evaluations.
  judge->eval();
  auto seen = taps(torch::kDouble);
  seen[0].requires_grad_();
  const at::Tensor code = torch::randn({2, 6}, torch::kDouble);
  const auto value = [&] {
    const auto logits = judge(seen, code);
    return logits[0].square().sum() + logits[1].sum();
  };
  EXPECT_TRUE(test::gradients_match(value, {seen[0]}));
  EXPECT_TRUE(test::parameter_gradients_match(value, *judge));
}

TEST(FeatureDiscriminatorTest, APictureOfNothingHasAVerdictToo) {
  const std::vector<at::Tensor> nothing = {torch::zeros({2, 5, 16, 24}), torch::zeros({2, 7, 8, 12})};
  for (const at::Tensor& logits : FeatureDiscriminator(kTinyHeads)(nothing, torch::zeros({2, 6})))
    EXPECT_TRUE(torch::isfinite(logits).all().item<bool>());
}

// Two kinds of texture with the same colours: what tells art from painted photos.
TEST(FeatureDiscriminatorTest, LearnsToTellTwoTexturesApart) {
  torch::manual_seed(4);
  FeatureDiscriminator judge(kTinyHeads);
  torch::optim::Adam adam(judge->parameters(), torch::optim::AdamOptions(5e-3).betas({0.5, 0.99}));
  const auto draw = [](bool first) {
    at::Tensor fine = torch::rand({2, 5, 16, 24});
    if (first)
      fine =
          torch::repeat_interleave(torch::repeat_interleave(fine.slice(2, 0, 8).slice(3, 0, 12), 2, 2), 2, 3);
    return std::vector<at::Tensor>{fine, torch::rand({2, 7, 8, 12})};
  };
  const at::Tensor code = torch::zeros({2, 6});
  for (int step = 0; step < 60; ++step) {
    const auto real = judge(draw(true), code), fake = judge(draw(false), code);
    adam.zero_grad();
    (torch::softplus(-real[0]).mean() + torch::softplus(fake[0]).mean()).backward();
    adam.step();
  }
  judge->eval();
  const at::Tensor real = judge(draw(true), code)[0], fake = judge(draw(false), code)[0];
  EXPECT_GT(real.gt(0).to(torch::kFloat).mean().item<double>(), 0.8);
  EXPECT_LT(fake.gt(0).to(torch::kFloat).mean().item<double>(), 0.2);
}

TEST(FeatureDiscriminatorTest, ImpossibleShapesAreRefused) {
  const auto options = [](std::vector<std::int64_t> channels, int width, int code) {
    return FeatureDiscriminatorOptions{.channels = std::move(channels), .width = width, .code_dim = code};
  };
  for (const auto& bad : {options({}, 8, 8), options({4, 0}, 8, 8), options({4}, 0, 8), options({4}, 8, 0)})
    EXPECT_THROW(FeatureDiscriminator{bad}, Error);
}

}  // namespace
}  // namespace atelier::nn
