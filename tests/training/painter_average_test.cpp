#include "atelier/training/detail/painter_average.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "support/tiny_bundle.h"

namespace atelier::training {
namespace {

class PainterAverageTest : public testing::Test {
 protected:
  PainterAverageTest() : painter_(*model::ModelBundle::open(test::write_tiny_bundle(folder_))) {}

  void set_code(double value) { painter_.set_code(torch::full_like(painter_.code(), value)); }
  static double code_of(const PainterAverage& average) { return average.state().code[0][0].item<double>(); }

  test::TempDir folder_;
  StylePainter painter_;
};

TEST_F(PainterAverageTest, ComesToRestBetweenStepsThatScatter) {
  PainterAverage average(painter_);
  for (int step = 0; step < 200; ++step) {
    set_code(step % 2 == 0 ? 2 : 4);
    average.follow(painter_);
  }
  EXPECT_NEAR(code_of(average), 3, 0.1);
}

TEST_F(PainterAverageTest, ForgetsWhereItBegan) {
  set_code(100);
  PainterAverage average(painter_);
  set_code(1);
  for (int step = 0; step < 30; ++step) average.follow(painter_);
  EXPECT_NEAR(code_of(average), 1, 0.1);
}

TEST_F(PainterAverageTest, LeavesWhatNobodyTrainsBitForBit) {
  PainterAverage average(painter_);
  const StylePainter::State before = painter_.snapshot();
  for (int step = 0; step < 5; ++step) average.follow(painter_);
  for (std::size_t i = 0; i < before.layers.size(); ++i)
    EXPECT_TRUE(torch::equal(average.state().layers[i], before.layers[i])) << painter_.layer_names()[i];
}

}  // namespace
}  // namespace atelier::training
