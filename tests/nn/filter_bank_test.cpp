#include "atelier/nn/filter_bank.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "atelier/nn/reference_networks.h"
#include "support/expect_error.h"

namespace atelier::nn {
namespace {

at::Tensor checkerboard(std::int64_t cell) {
  const at::Tensor at = torch::arange(64).div(cell, "floor");
  return ((at.view({64, 1}) + at.view({1, 64})) % 2).to(torch::kFloat).expand({1, 3, 64, 64});
}

// The mean of what answers to steps, not to the level (every pattern but the first of each colour).
double steps_in(const at::Tensor& tap) {
  at::Tensor patterns = tap.view({2, 3, 9, -1}).narrow(2, 1, 8);
  return patterns.mean().item<double>();
}

TEST(FilterBankTest, LooksAtFourScalesEachHalfTheOneBefore) {
  const auto taps = FilterBank().features(torch::rand({2, 3, 64, 48}));
  ASSERT_EQ(taps.size(), 4u);
  EXPECT_EQ(taps[0].sizes(), (std::vector<std::int64_t>{2, 54, 62, 46}));
  EXPECT_EQ(taps[3].sizes(), (std::vector<std::int64_t>{2, 54, 6, 4}));
}

TEST(FilterBankTest, AnEvenPictureHasALevelAndNoSteps) {
  const auto taps = FilterBank().features(torch::full({1, 3, 64, 64}, 0.8));
  for (const at::Tensor& tap : taps) {
    EXPECT_GT(tap.max().item<double>(), 0.1);
    EXPECT_LT(steps_in(tap), 1e-5);
  }
}

TEST(FilterBankTest, ThePrintOfSinglePixelsIsSeenAtTheFinestScaleAlone) {
  const auto taps = FilterBank().features(checkerboard(1));
  EXPECT_GT(steps_in(taps[0]), 0.05);
  EXPECT_LT(steps_in(taps[1]), 1e-5);
}

TEST(FilterBankTest, ACoarserPrintIsSeenAtItsOwnScale) {
  const auto taps = FilterBank().features(checkerboard(4));
  EXPECT_GT(steps_in(taps[2]), 0.05);
  EXPECT_LT(steps_in(taps[3]), 1e-5);
}

TEST(FilterBankTest, ANegativeSwapsWhatIsBrightAndWhatIsDark) {
  const at::Tensor picture = torch::rand({1, 3, 32, 32});
  const auto seen = FilterBank().features(picture), negative = FilterBank().features(1 - picture);
  for (std::size_t i = 0; i < seen.size(); ++i)
    EXPECT_TRUE(torch::allclose(seen[i], negative[i].roll(27, 1), 0, 1e-5));
}

TEST(FilterBankTest, GradientsReachThePicture) {
  const at::Tensor picture = torch::rand({1, 3, 32, 32}).set_requires_grad(true);
  at::Tensor sum = torch::zeros({});
  for (const at::Tensor& tap : FilterBank().features(picture)) sum = sum + tap.square().sum();
  sum.backward();
  EXPECT_GT(picture.grad().abs().min().item<double>(), 0);
}

TEST(FilterBankTest, IsNamedLikeANetworkAndReadsNoFile) {
  EXPECT_EQ(load_reference_network("filters", "")->features(torch::rand({1, 3, 32, 32})).size(), 4u);
  test::expect_error([] { load_reference_network("filters", "weights.safetensors"); }, ErrorCode::Usage,
                     "network.file");
}

}  // namespace
}  // namespace atelier::nn
