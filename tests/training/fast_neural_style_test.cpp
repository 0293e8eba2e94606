#include "atelier/training/fast_neural_style.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>

#include "atelier/tensor/tensor_file.h"
#include "atelier/weights/sha256.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::training {
namespace {

using test::expect_error;

/// A teacher of VGG-19's shape with random weights: such a network still sees texture.
class FastNeuralStyleTest : public testing::Test {
 protected:
  FastNeuralStyleTest() {
    torch::manual_seed(2);
    tensor::TensorMap tensors;
    std::int64_t in = 3;
    for (const auto& [index, out] : std::array<std::pair<int, int>, 8>{
             {{0, 64}, {2, 64}, {5, 128}, {7, 128}, {10, 256}, {12, 256}, {14, 256}, {16, 256}}}) {
      const std::string name = "features." + std::to_string(index);
      tensors[name + ".weight"] =
          torch::randn({out, in, 3, 3}) * std::sqrt(2.0 / static_cast<double>(9 * in));
      tensors[name + ".bias"] = torch::zeros({out});
      in = out;
    }
    weights::write_safetensors(folder_ / "vgg19.safetensors", tensor::to_named(tensors));
  }

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
