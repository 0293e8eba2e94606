#include "atelier/training/detail/subpixel_sums.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "support/tensor_matchers.h"

namespace atelier::training {
namespace {

class SubpixelSums : public testing::Test {
 protected:
  SubpixelSums() { torch::manual_seed(5); }

  at::Tensor painted(const at::Tensor& features) const {
    return torch::pixel_shuffle(torch::conv2d(features, weight_, bias_), 2);
  }

  at::Tensor weight_ = torch::randn({12, 5, 3, 3}, torch::kDouble), bias_ = torch::randn(12, torch::kDouble);
};

TEST_F(SubpixelSums, StraightEdgesAndFlatGroundComeOutWithoutALineOfPeriodTwo) {
  const at::Tensor rows = torch::randn({1, 5, 8, 1}, torch::kDouble).expand({1, 5, 8, 8});
  const at::Tensor columns = torch::randn({1, 5, 1, 8}, torch::kDouble).expand({1, 5, 8, 8});
  const auto along_rows = [&] { return painted(rows).diff(1, 3).abs().max().item<double>(); };
  const auto along_columns = [&] { return painted(columns).diff(1, 2).abs().max().item<double>(); };
  EXPECT_GT(along_rows(), 0.1);
  EXPECT_GT(along_columns(), 0.1);
  equalise_subpixel_sums(weight_, bias_);
  EXPECT_LT(along_rows(), 1e-12) << "features that are constant along x";
  EXPECT_LT(along_columns(), 1e-12) << "features that are constant along y";
}

TEST_F(SubpixelSums, FiltersThatAgreeStayAsTheyAre) {
  equalise_subpixel_sums(weight_, bias_);
  const at::Tensor weight = weight_.clone(), bias = bias_.clone();
  equalise_subpixel_sums(weight_, bias_);
  EXPECT_TRUE(test::tensors_near(weight_, weight, 1e-12));
  EXPECT_TRUE(test::tensors_near(bias_, bias, 1e-12));
  EXPECT_GT(weight.view({3, 4, -1}).std(1).mean().item<double>(), 0.1) << "sub-pixels still have their own";
}

}  // namespace
}  // namespace atelier::training
