#include "atelier/nn/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <cmath>

#include "atelier/model/expected_tensors.h"
#include "atelier/tensor/tensor_file.h"
#include "engine/reference_networks.h"
#include "support/check_gradients.h"
#include "support/expect_error.h"
#include "support/tensor_matchers.h"

namespace atelier::nn {
namespace {

using test::gradients_match;
using test::tensors_equal;
using test::tensors_near;

const GeneratorOptions kTiny = {
    .size = "tiny", .c1 = 8, .c2 = 16, .c3 = 16, .core_blocks = 1, .code_dim = 16, .hidden = 16};

Generator tiny_generator(std::uint64_t seed = 1) {
  torch::manual_seed(seed);
  Generator generator(kTiny);
  test::shake(*generator);
  return generator;
}

/// What a painting is made from, for n photos.
struct Order {
  at::Tensor content, code, stroke_log2, detail;

  static Order random(std::int64_t n, std::int64_t height, std::int64_t width,
                      at::ScalarType type = torch::kFloat32) {
    return {torch::rand({n, 3, height, width}, type), torch::randn({n, kTiny.code_dim}, type),
            torch::rand({n}, type) - 0.5, torch::rand({n}, type)};
  }
  Order row(std::int64_t i) const {
    return {content.narrow(0, i, 1), code.narrow(0, i, 1), stroke_log2.narrow(0, i, 1),
            detail.narrow(0, i, 1)};
  }
};

at::Tensor paint(Generator& generator, const Order& order, NormStats& stats) {
  return generator->forward(order.content, order.code, order.stroke_log2, order.detail, stats);
}

at::Tensor paint(Generator& generator, const Order& order) {
  NormStats live;
  return paint(generator, order, live);
}

TEST(Generator, PaintsPicturesOfTheContentsSize) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator();
  for (const auto& [n, h, w] :
       std::vector<std::array<std::int64_t, 3>>{{1, 32, 48}, {3, 64, 40}, {1, 16, 16}}) {
    const at::Tensor y = paint(generator, Order::random(n, h, w));
    EXPECT_EQ(test::shape(y), (std::vector<std::int64_t>{n, 3, h, w}));
    EXPECT_GE(y.min().item<float>(), 0);
    EXPECT_LE(y.max().item<float>(), 1);
  }
}

TEST(Generator, ABatchIsPaintedAsIfEachPhotoWereAlone) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator();
  const Order order = Order::random(3, 32, 40);
  const at::Tensor together = paint(generator, order);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(tensors_near(together.narrow(0, i, 1), paint(generator, order.row(i)), 1e-5)) << i;
  }
}

TEST(Generator, CodeStrokeAndDetailEachChangeThePainting) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator();
  const Order order = Order::random(1, 32, 32);
  const at::Tensor y = paint(generator, order);
  Order other = order;
  other.code = -order.code;
  EXPECT_FALSE(tensors_near(paint(generator, other), y, 1e-3));
  other = order;
  other.stroke_log2 = order.stroke_log2 + 1;
  EXPECT_FALSE(tensors_near(paint(generator, other), y, 1e-5));
  other = order;
  other.detail = 1 - order.detail;
  EXPECT_FALSE(tensors_near(paint(generator, other), y, 1e-5));
}

TEST(Generator, AtDetailZeroTheSkipConnectionIsSilent) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator();
  Order order = Order::random(1, 32, 32);
  order.detail.zero_();
  const at::Tensor before = paint(generator, order);
  generator->named_parameters()["sk.conv.weight"].normal_();
  EXPECT_TRUE(tensors_equal(paint(generator, order), before));
  order.detail.fill_(1);
  EXPECT_FALSE(tensors_near(paint(generator, order), before, 1e-4));
}

TEST(Generator, EverySizeHasTheTensorsTheBundleExpects) {
  for (const char* size : {"XS", "S", "M", "L"}) {
    const GeneratorOptions options = GeneratorOptions::named(size);
    const Generator generator(options);
    std::map<std::string, std::vector<std::int64_t>> expected, actual;
    for (const auto& tensor : model::expected_generator_tensors(options))
      expected[tensor.name] = tensor.shape;
    for (const auto& [name, value] : tensor::state_of(*generator)) actual[name] = value.sizes().vec();
    EXPECT_EQ(actual, expected) << size;
  }
}

TEST(Generator, TheDefaultSizeHasTheParametersItsCardClaims) {
  const Generator generator{GeneratorOptions()};
  double painting = 0, conditioning = 0;
  for (const auto& item : generator->named_parameters()) {
    (item.key().rfind("style.", 0) == 0 ? conditioning : painting) +=
        static_cast<double>(item.value().numel());
  }
  EXPECT_NEAR(painting, 1.52e6, 0.01e6);
  EXPECT_NEAR(conditioning, 0.71e6, 0.01e6);
}

TEST(Generator, SizesGrow) {
  std::int64_t before = 0;
  for (const char* size : {"XS", "S", "M", "L"}) {
    std::int64_t count = 0;
    for (const at::Tensor& p : Generator(GeneratorOptions::named(size))->parameters()) count += p.numel();
    EXPECT_GT(count, before) << size;
    before = count;
  }
}

TEST(Generator, StartsWithoutACheckerboard) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(4);
  Generator generator(kTiny);
  const at::Tensor y = paint(generator, Order::random(1, 32, 32));
  const at::Tensor coarse = torch::avg_pool2d(y, 2);
  EXPECT_TRUE(tensors_near(coarse.repeat_interleave(2, 2).repeat_interleave(2, 3), y, 1e-6));
  EXPECT_GT(coarse.std().item<float>(), 1e-3) << "a flat painting would prove nothing";
}

TEST(Generator, PaintsWhatThePlainLoopsPaint) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator(3);
  const Order order = Order::random(1, 24, 40);
  NormStats stats(NormStats::Policy::Collect);
  const at::Tensor y = paint(generator, order, stats).contiguous();
  test::Tensors plain;
  for (const auto& [name, value] : tensor::state_of(*generator)) {
    const at::Tensor flat = value.contiguous();
    plain[name].assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  }
  const std::span<const float> content(order.content.data_ptr<float>(),
                                       static_cast<std::size_t>(order.content.numel()));
  const std::span<const float> code(order.code.data_ptr<float>(), static_cast<std::size_t>(kTiny.code_dim));
  const test::ReferencePainting expected =
      test::paint(kTiny, plain, test::to_map(content, 3, 24, 40), code,
                  std::exp2(order.stroke_log2.item<double>()), order.detail.item<double>());
  const std::span<const float> painted(y.data_ptr<float>(), static_cast<std::size_t>(y.numel()));
  EXPECT_LT(test::relative_rms(painted, expected.picture.values), 1e-5);
  ASSERT_EQ(stats.sites().size(), expected.statistics.size());
  for (std::size_t s = 0; s < stats.sites().size(); ++s) {
    const at::Tensor site = torch::cat({stats.sites()[s].mean, stats.sites()[s].std});
    EXPECT_TRUE(tensors_near(site, torch::tensor(expected.statistics[s], torch::kDouble), 1e-4))
        << "site " << s;
  }
}

TEST(Generator, GradientsMatchFiniteDifferences) {
  Generator generator = tiny_generator();
  generator->to(torch::kDouble);
  Order order = Order::random(2, 16, 24, torch::kDouble);
  const at::Tensor weight = torch::randn({2, 3, 16, 24}, torch::kDouble);
  order.content.requires_grad_();
  order.code.requires_grad_();
  order.detail.requires_grad_();
  order.stroke_log2.requires_grad_();
  const auto value = [&] { return (paint(generator, order) * weight).sum(); };
  EXPECT_TRUE(gradients_match(value, {order.content, order.code, order.detail, order.stroke_log2}, 1e-4));
  EXPECT_TRUE(gradients_match(
      value,
      {generator->named_parameters()["e1.conv.weight"], generator->named_parameters()["e4.norm.weight"],
       generator->named_parameters()["style.sites.weight"], generator->named_parameters()["out.conv.bias"]},
      1e-4));
}

TEST(Generator, RefusesACodeOfAnotherLength) {
  Generator generator = tiny_generator();
  Order order = Order::random(2, 32, 32);
  order.code = torch::zeros({2, kTiny.code_dim + 1});
  EXPECT_THAT(test::expect_error([&] { paint(generator, order); }, ErrorCode::Internal, "tensor.shape"),
              ::testing::HasSubstr("code"));
}

TEST(BlurPool, IsThePlainLoop) {
  torch::manual_seed(6);
  const at::Tensor x = torch::rand({1, 2, 10, 14});
  const at::Tensor y = blur_pool(x).contiguous();
  const test::Map expected = test::blur_pool(test::to_map(
      std::span<const float>(x.data_ptr<float>(), static_cast<std::size_t>(x.numel())), 2, 10, 14));
  ASSERT_EQ(test::shape(y), (std::vector<std::int64_t>{1, 2, 5, 7}));
  EXPECT_LT(
      test::relative_rms(std::span<const float>(y.data_ptr<float>(), static_cast<std::size_t>(y.numel())),
                         expected.values),
      1e-6);
}

TEST(BlurPool, KeepsFlatPicturesAsTheyAre) {
  EXPECT_TRUE(tensors_near(blur_pool(torch::full({2, 3, 8, 8}, 0.7)), torch::full({2, 3, 4, 4}, 0.7), 1e-6));
}

TEST(NormStats, IsThePlainFormulaOfAdaIn) {
  torch::manual_seed(7);
  const at::Tensor x = torch::randn({3, 5, 9, 7}, torch::kDouble) * 3 + 1;
  const at::Tensor weight = torch::randn({3, 5}, torch::kDouble), bias = torch::randn({3, 5}, torch::kDouble);
  const at::Tensor mean = x.mean({2, 3}, true);
  const at::Tensor variance = (x - mean).square().mean({2, 3}, true);
  const at::Tensor expected =
      (x - mean) / torch::sqrt(variance + 1e-5) * weight.view({3, 5, 1, 1}) + bias.view({3, 5, 1, 1});
  NormStats stats;
  EXPECT_TRUE(tensors_near(stats.normalise(x, weight, bias), expected, 1e-9));
  const at::Tensor shared =
      (x - mean) / torch::sqrt(variance + 1e-5) * weight[0].view({1, 5, 1, 1}) + bias[0].view({1, 5, 1, 1});
  EXPECT_TRUE(tensors_near(stats.normalise(x, weight[0], bias[0]), shared, 1e-9));
}

TEST(NormStats, FrozenStatisticsOfAPictureRepeatItsLivePainting) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator();
  const Order order = Order::random(1, 32, 40);
  NormStats stats(NormStats::Policy::Collect);
  const at::Tensor live = paint(generator, order);
  EXPECT_TRUE(tensors_equal(paint(generator, order, stats), live));
  EXPECT_EQ(stats.sites().size(), kTiny.norm_sites().size());
  stats.set_policy(NormStats::Policy::Frozen);
  EXPECT_TRUE(tensors_near(paint(generator, order, stats), live, 1e-4));
  Order other = Order::random(1, 32, 40);
  EXPECT_FALSE(tensors_near(paint(generator, other, stats), paint(generator, other), 1e-3))
      << "another picture has others";
}

TEST(NormStats, FrozenStatisticsPaintATileLikeTheWhole) {
  torch::NoGradGuard no_grad;
  Generator generator = tiny_generator();
  Order order = Order::random(1, 64, 256);
  NormStats stats(NormStats::Policy::Collect);
  paint(generator, order, stats);
  stats.set_policy(NormStats::Policy::Frozen);
  const at::Tensor whole = paint(generator, order, stats);
  order.content = order.content.narrow(3, 0, 192).contiguous();
  // 80 pixels from the cut lie outside the receptive field of this small network.
  EXPECT_TRUE(tensors_near(paint(generator, order, stats).narrow(3, 0, 112), whole.narrow(3, 0, 112), 1e-4));
}

TEST(NormStats, MovingAverageFollowsAndRepeatsOnAStillPicture) {
  torch::manual_seed(8);
  const at::Tensor ones = torch::ones({4}), zeros = torch::zeros({4});
  const at::Tensor a = torch::randn({1, 4, 6, 6}), b = torch::randn({1, 4, 6, 6}) * 2 + 3;
  NormStats ema(NormStats::Policy::Ema, 0.75), of_b(NormStats::Policy::Collect), live;
  const at::Tensor first = ema.normalise(a, ones, zeros);
  EXPECT_TRUE(tensors_near(first, live.normalise(a, ones, zeros), 1e-5))
      << "the first frame starts the average";
  const NormStats::Site start = ema.sites()[0];
  ema.rewind();
  EXPECT_TRUE(tensors_near(ema.normalise(a, ones, zeros), first, 1e-5)) << "a still picture stays still";
  of_b.normalise(b, ones, zeros);
  ema.rewind();
  const at::Tensor y = ema.normalise(b, ones, zeros);
  const at::Tensor mean = 0.75 * start.mean + 0.25 * of_b.sites()[0].mean,
                   std = 0.75 * start.std + 0.25 * of_b.sites()[0].std;
  EXPECT_TRUE(tensors_near(y, (b - mean.view({1, 4, 1, 1})) / std.view({1, 4, 1, 1}), 1e-5));
}

TEST(NormStats, RefusesWhatItCannotAnswer) {
  NormStats frozen(NormStats::Policy::Frozen), collect(NormStats::Policy::Collect);
  const at::Tensor two = torch::rand({2, 3, 4, 4}), w = torch::ones({3});
  test::expect_error([&] { frozen.normalise(two, w, w); }, ErrorCode::Internal, "norm.empty");
  test::expect_error([&] { collect.normalise(two, w, w); }, ErrorCode::Internal, "norm.batch");
}

// Why frozen statistics cost nothing: convolution and normalisation become one convolution with
// W' = W * gamma / sigma and b' = beta + (b - mu) * gamma / sigma.
TEST(NormStats, FrozenStatisticsFoldIntoTheConvolution) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(9);
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(3, 6, 3).padding(1));
  conv->to(torch::kDouble);
  const at::Tensor gamma = torch::randn({6}, torch::kDouble), beta = torch::randn({6}, torch::kDouble);
  NormStats stats(NormStats::Policy::Collect);
  stats.normalise(conv(torch::rand({1, 3, 20, 20}, torch::kDouble)), gamma, beta);
  stats.set_policy(NormStats::Policy::Frozen);
  stats.rewind();
  const at::Tensor x = torch::rand({2, 3, 12, 16}, torch::kDouble);
  const at::Tensor apart = stats.normalise(conv(x), gamma, beta);
  const at::Tensor scale = gamma / stats.sites()[0].std;
  const at::Tensor folded = torch::conv2d(x, conv->weight * scale.view({6, 1, 1, 1}),
                                          beta + (conv->bias - stats.sites()[0].mean) * scale, 1, 1);
  EXPECT_TRUE(tensors_near(folded, apart, 1e-12));
}

}  // namespace
}  // namespace atelier::nn
