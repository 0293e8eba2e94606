#include "atelier/training/fast_neural_style.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "atelier/weights/sha256.h"
#include "support/expect_error.h"
#include "support/random_vgg19.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::training {
namespace {

using test::expect_error;

class FastNeuralStyleTest : public testing::Test {
 protected:
  FastNeuralStyleTest() { test::write_random_vgg19(folder_ / "vgg19.safetensors"); }

  FastNeuralStyle train(const char* file, int steps, const std::filesystem::path& from = {}) const {
    FastNeuralStyleOptions options;
    options.vgg19 = folder_ / "vgg19.safetensors";
    options.from = from;
    options.steps = steps;
    options.crop = 64;
    return train_fast_neural_style(style_, photos_, folder_ / file, options);
  }

  const test::TempDir folder_;
  const Image style_ = test::synthetic_photo(96, 80, 9);
  const std::vector<Image> photos_ = {test::synthetic_photo(96, 72, 1), test::synthetic_photo(80, 80, 2)};
};

TEST_F(FastNeuralStyleTest, LearnsTheStyleAndGoesOnFromWhatItLearned) {
  const FastNeuralStyle begun = train("a.safetensors", 1), learned = train("a.safetensors", 30);
  EXPECT_TRUE(learned.finished);
  EXPECT_EQ(learned.steps, 30);
  EXPECT_LT(train("b.safetensors", 1, folder_ / "a.safetensors").style, 0.9 * begun.style);
}

TEST_F(FastNeuralStyleTest, TheSameStepsGiveTheSameNetwork) {
  torch::set_num_threads(1);
  train("a.safetensors", 2);
  train("b.safetensors", 2);
  EXPECT_EQ(weights::sha256_file(folder_ / "a.safetensors"), weights::sha256_file(folder_ / "b.safetensors"));
}

TEST_F(FastNeuralStyleTest, RefusesWhatCannotBeLearned) {
  FastNeuralStyleOptions options;
  options.vgg19 = folder_ / "vgg19.safetensors";
  const auto with = [&](const Image& style, const std::vector<Image>& photos) {
    return [&] { train_fast_neural_style(style, photos, folder_ / "a.safetensors", options); };
  };
  expect_error(with(style_, {}), ErrorCode::Usage, "rival.photos");
  options.crop = 100;
  expect_error(with(style_, photos_), ErrorCode::Usage, "rival.crop");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.safetensors"));
}

}  // namespace
}  // namespace atelier::training
