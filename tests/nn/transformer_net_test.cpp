#include "atelier/nn/transformer_net.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tensor_matchers.h"

namespace atelier::nn {
namespace {

using testing::HasSubstr;

class TransformerNetTest : public testing::Test {
 protected:
  TransformerNetTest() { torch::manual_seed(3); }
  std::filesystem::path write(const tensor::TensorMap& tensors) const {
    const auto file = folder_ / "network.safetensors";
    weights::write_safetensors(file, tensor::to_named(tensors));
    return file;
  }
  const test::TempDir folder_;
};

TEST_F(TransformerNetTest, HasThePublishedNetworksTensors) {
  const TransformerNet network;
  std::int64_t numbers = 0;
  for (const auto& [name, values] : network.tensors()) numbers += values.numel();
  EXPECT_EQ(numbers, 1'679'235) << "of github.com/pytorch/examples, fast_neural_style";
  EXPECT_EQ(network.tensors().at("res5.conv2.conv2d.weight").sizes(),
            (std::vector<std::int64_t>{128, 128, 3, 3}));
  EXPECT_EQ(network.tensors().at("deconv3.conv2d.weight").sizes(), (std::vector<std::int64_t>{3, 32, 9, 9}));
  EXPECT_TRUE(network.tensors().contains("in5.bias"));
}

TEST_F(TransformerNetTest, PaintsThePhotosSizeAndTheSameAfterAFile) {
  const TransformerNet network;
  const at::Tensor photo = torch::rand({2, 3, 32, 48});
  const at::Tensor painting = network(photo);
  EXPECT_EQ(painting.sizes(), photo.sizes());
  tensor::TensorMap saved = network.tensors();
  saved["in1.running_mean"] = torch::zeros({32});
  EXPECT_TRUE(test::tensors_equal(TransformerNet(write(saved))(photo), painting))
      << "what an old PyTorch left in the file is passed over";
}

TEST_F(TransformerNetTest, OtherFilesAreRefusedByName) {
  tensor::TensorMap saved = TransformerNet().tensors();
  saved.erase("in3.weight");
  const auto refused = [&] {
    return test::expect_error([&] { TransformerNet network(write(saved)); }, ErrorCode::BadData,
                              "model.tensors");
  };
  EXPECT_THAT(refused(), HasSubstr("'in3.weight' is missing"));
  saved["in3.weight"] = torch::ones({5});
  EXPECT_THAT(refused(), HasSubstr("'in3.weight' does not belong"));
  EXPECT_THROW(TransformerNet(folder_ / "nowhere.safetensors"), Error);
}

}  // namespace
}  // namespace atelier::nn
