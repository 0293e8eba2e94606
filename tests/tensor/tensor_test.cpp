#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <thread>

#include "atelier/core/error.h"
#include "atelier/tensor/device.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/tensor/shapes.h"
#include "atelier/tensor/tensor_file.h"
#include "atelier/tensor/torch_version.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tensor_matchers.h"

namespace atelier::tensor {
namespace {

using test::expect_error;
using test::tensors_equal;
using test::tensors_near;
using ::testing::HasSubstr;

TEST(ParseDevice, KnowsTheProcessorAndRefusesOtherWords) {
  EXPECT_TRUE(parse_device("cpu").is_cpu());
  const std::string message = expect_error([] { parse_device("gpu"); }, ErrorCode::Usage, "device.name");
  EXPECT_THAT(message, HasSubstr("gpu"));
  EXPECT_THAT(message, HasSubstr("auto"));
}

TEST(ParseDevice, AutoIsWhateverIsThere) {
  EXPECT_EQ(parse_device("auto").is_cuda(), torch::cuda::is_available());
}

TEST(ParseDevice, SaysWhenThereIsNoGraphicsCard) {
  if (torch::cuda::is_available()) GTEST_SKIP() << "this machine has one";
  expect_error([] { parse_device("cuda"); }, ErrorCode::Unavailable, "device.cuda");
}

TEST(MatrixProducts, AreRightWhenSeveralThreadsAskAtOnce) {
  prepare_runtime(0);
  torch::manual_seed(1);
  const at::Tensor a = torch::randn({32, 16}), b = torch::randn({16, 4096}), product = torch::matmul(a, b);
  std::atomic<int> wrong{0};
  const auto multiply = [&] {
    for (int i = 0; i < 10; ++i) wrong += torch::equal(torch::matmul(a, b), product) ? 0 : 1;
  };
  for (int round = 0; round < 200;
       ++round) {  // new threads each time: it is their first product that went wrong
    std::thread other(multiply);
    multiply();
    other.join();
  }
  EXPECT_EQ(wrong, 0);
}

TEST(ImageTensor, PlanesHoldRedGreenAndBlueInUnits) {
  Image image(2, 1);
  const std::array<std::uint8_t, 6> samples = {255, 0, 51, 0, 102, 255};
  std::copy(samples.begin(), samples.end(), image.rgb8().begin());
  const at::Tensor t = to_tensor(image);
  ASSERT_EQ(test::shape(t), (std::vector<std::int64_t>{1, 3, 1, 2}));
  EXPECT_TRUE(tensors_near(t.flatten(), torch::tensor({1.0, 0.0, 0.0, 0.4, 0.2, 1.0}), 1e-6));
}

TEST(ImageTensor, PicturesSurviveTheRoundTripExactly) {
  const Image photo = test::synthetic_photo(37, 23, 5);
  EXPECT_EQ(to_image(to_tensor(photo)), photo);
  EXPECT_EQ(to_image(to_bytes(photo).to(torch::kFloat32) / 255), photo);
  EXPECT_EQ(to_image(to_tensor(photo), Depth::U16), photo.to_depth(Depth::U16));
}

TEST(ImageTensor, ValuesOutsideTheRangeAreClamped) {
  const Image image = to_image(torch::tensor({-3.0, 0.5, 7.0}).view({3, 1, 1}));
  EXPECT_EQ(image.rgb8()[0], 0);
  EXPECT_EQ(image.rgb8()[1], 128);
  EXPECT_EQ(image.rgb8()[2], 255);
}

TEST(CheckShape, TakesAnySizeForMinusOneAndNamesTheArgumentOtherwise) {
  EXPECT_NO_THROW(check_shape(torch::zeros({2, 3, 5}), {-1, 3, -1}, "picture"));
  for (const at::Tensor& wrong : {torch::zeros({2, 4, 5}), torch::zeros({2, 3}), at::Tensor()}) {
    EXPECT_THAT(expect_error(
                    [&] {
                      check_shape(wrong, {-1, 3, -1}, "picture");
                    },
                    ErrorCode::Internal, "tensor.shape"),
                HasSubstr("picture"));
  }
}

TEST(TensorFile, FloatsAndIntegersComeBackAsTheyWere) {
  const test::TempDir folder;
  const TensorMap tensors = {{"a", torch::randn({2, 3})}, {"steps", torch::tensor({5, -7}, torch::kLong)}};
  weights::write_safetensors(folder / "t.safetensors", to_named(tensors));
  const TensorMap back = to_tensors(weights::SafetensorsFile::read(folder / "t.safetensors"));
  ASSERT_EQ(back.size(), 2u);
  EXPECT_TRUE(tensors_equal(back.at("a"), tensors.at("a")));
  EXPECT_EQ(back.at("steps").scalar_type(), torch::kLong);
  EXPECT_TRUE(tensors_equal(back.at("steps"), tensors.at("steps")));
}

TEST(TensorFile, HalfPrecisionIsReadAsFloat) {
  const test::TempDir folder;
  const at::Tensor value = torch::tensor({1.0, -0.3333});
  weights::write_safetensors(folder / "t.safetensors", to_named({{"a", value}}), weights::DType::F16);
  const at::Tensor back = to_tensors(weights::SafetensorsFile::read(folder / "t.safetensors")).at("a");
  EXPECT_EQ(back.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(tensors_near(back, value, 2e-4));
}

TEST(ModuleState, HoldsParametersAndBuffersByNameAndSharesTheirMemory) {
  torch::nn::BatchNorm2d norm(4);
  const TensorMap state = state_of(*norm, "n.");
  EXPECT_EQ(state.count("n.weight"), 1u);
  ASSERT_EQ(state.count("n.running_mean"), 1u);
  state.at("n.weight").fill_(3);
  EXPECT_FLOAT_EQ(norm->weight[0].item<float>(), 3);
  EXPECT_EQ(with_prefix(state, "n.").count("weight"), 1u);
  EXPECT_TRUE(with_prefix(state, "x.").empty());
}

TEST(ModuleState, LoadedWeightsPaintTheSame) {
  torch::nn::Linear a(3, 2), b(3, 2);
  load_state(*b, state_of(*a), "file");
  const at::Tensor x = torch::randn({4, 3});
  EXPECT_TRUE(tensors_equal(b(x), a(x)));
}

TEST(ModuleState, WeightsOfAnotherArchitectureAreRefusedAndNothingIsChanged) {
  torch::nn::Linear a(3, 2);
  const at::Tensor before = a->weight.detach().clone();
  const TensorMap other = {{"weight", torch::ones({2, 4})}, {"extra", torch::ones({1})}};
  const std::string message =
      expect_error([&] { load_state(*a, other, "w.safetensors"); }, ErrorCode::BadData, "model.tensors");
  for (const char* word :
       {"w.safetensors", "weight has shape", "bias is missing", "extra", "3 differences"}) {
    EXPECT_THAT(message, HasSubstr(word));
  }
  EXPECT_TRUE(tensors_equal(a->weight, before));
}

TEST(OptimiserKey, FindsTheStateOfAParameter) {
  at::Tensor p = torch::ones({2}, torch::requires_grad());
  torch::optim::Adam adam({p}, torch::optim::AdamOptions(0.1));
  EXPECT_EQ(adam.state().find(optimiser_key(adam.state(), p)), adam.state().end());
  p.sum().backward();
  adam.step();
  EXPECT_NE(adam.state().find(optimiser_key(adam.state(), p)), adam.state().end());
}

}  // namespace
}  // namespace atelier::tensor
