#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <filesystem>

#include "atelier/model/expected_tensors.h"
#include "atelier/nn/discriminator.h"
#include "atelier/nn/feature_statistics.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/nn/style_encoder.h"
#include "atelier/nn/style_statistics.h"
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

const PerceptualOptions kTinyPhi = {.widths = {4, 6, 8, 8}, .convs = {2, 1, 2, 1}};
const StyleEncoderOptions kTinyEncoder = {
    .palette_dim = 6, .palette_hidden = 8, .texture_dim = 10, .texture_hidden = 16};
const DiscriminatorOptions kTinyJudge = {.width = 8, .scales = 2, .code_dim = 16};

PerceptualNetwork tiny_phi() {
  torch::manual_seed(1);
  PerceptualNetwork phi(kTinyPhi);
  test::shake(*phi);
  return phi;
}

test::Map map_of(const at::Tensor& picture) {
  const at::Tensor flat = picture.contiguous();
  return test::to_map(std::span<const float>(flat.data_ptr<float>(), static_cast<std::size_t>(flat.numel())),
                      3, static_cast<int>(flat.size(2)), static_cast<int>(flat.size(3)));
}

test::Tensors values_of(const torch::nn::Module& module) {
  test::Tensors values;
  for (const auto& [name, value] : tensor::state_of(module)) {
    const at::Tensor flat = value.contiguous();
    values[name].assign(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  }
  return values;
}

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

Shapes shapes_of(const torch::nn::Module& module) {
  Shapes shapes;
  for (const auto& [name, value] : tensor::state_of(module)) shapes[name] = value.sizes().vec();
  return shapes;
}

Shapes shapes_of(const std::vector<weights::ExpectedTensor>& expected) {
  Shapes shapes;
  for (const auto& tensor : expected) shapes[tensor.name] = tensor.shape;
  return shapes;
}

TEST(PerceptualNetwork, HasTheTensorsTheBundleExpects) {
  for (const PerceptualOptions& options : {PerceptualOptions(), kTinyPhi}) {
    EXPECT_EQ(shapes_of(*PerceptualNetwork(options)), shapes_of(model::expected_perceptual_tensors(options)));
  }
}

TEST(PerceptualNetwork, TapsHalveFromBlockToBlock) {
  const std::vector<at::Tensor> taps = tiny_phi()->features(torch::rand({2, 3, 32, 48}));
  ASSERT_EQ(taps.size(), 4u);
  EXPECT_EQ(test::shape(taps[0]), (std::vector<std::int64_t>{2, 4, 32, 48}));
  EXPECT_EQ(test::shape(taps[1]), (std::vector<std::int64_t>{2, 6, 16, 24}));
  EXPECT_EQ(test::shape(taps[2]), (std::vector<std::int64_t>{2, 8, 8, 12}));
  EXPECT_EQ(test::shape(taps[3]), (std::vector<std::int64_t>{2, 8, 4, 6}));
}

TEST(PerceptualNetwork, MeasuresWhatThePlainLoopsMeasure) {
  torch::NoGradGuard no_grad;
  PerceptualNetwork phi = tiny_phi();
  const at::Tensor picture = test::photo_tensor(48, 32, 3);
  std::vector<at::Tensor> numbers;
  for (const at::Tensor& tap : phi->features(picture)) {
    const at::Tensor flat = tap.to(torch::kDouble).flatten(2);
    numbers.push_back(flat.mean(2));
    numbers.push_back(torch::log(flat.std(2, /*unbiased=*/false) + 1e-3));
  }
  const std::vector<double> expected =
      test::perceptual_statistics(kTinyPhi, values_of(*phi), map_of(picture));
  EXPECT_TRUE(tensors_near(torch::cat(numbers, 1).squeeze(0), torch::tensor(expected, torch::kDouble), 1e-3));
}

TEST(PerceptualNetwork, GradientsMatchFiniteDifferences) {
  PerceptualNetwork phi = tiny_phi();
  phi->to(torch::kDouble);
  at::Tensor picture = torch::rand({1, 3, 16, 16}, torch::kDouble).requires_grad_();
  std::vector<at::Tensor> weights;
  for (const at::Tensor& tap : phi->features(picture)) weights.push_back(torch::randn_like(tap));
  const auto value = [&] {
    const std::vector<at::Tensor> taps = phi->features(picture);
    at::Tensor sum = (taps[0] * weights[0]).sum();
    for (std::size_t t = 1; t < taps.size(); ++t) sum = sum + (taps[t] * weights[t]).sum();
    return sum;
  };
  EXPECT_TRUE(gradients_match(value, {picture}));
  EXPECT_TRUE(test::parameter_gradients_match(value, *phi));
}

TEST(LayerStatistics, AreThePlainMomentsAndCorrelations) {
  torch::manual_seed(2);
  const at::Tensor tap = torch::randn({2, 3, 5, 4}, torch::kDouble) + 1;
  const LayerStatistics s = layer_statistics({tap})[0];
  const at::Tensor mean = tap.mean({2, 3});
  EXPECT_TRUE(tensors_near(s.mean, mean, 1e-12));
  EXPECT_TRUE(tensors_near(s.std, torch::sqrt((tap - mean.view({2, 3, 1, 1})).square().mean({2, 3})), 1e-6));
  EXPECT_TRUE(tensors_near(s.gram, torch::einsum("nchw,ndhw->ncd", {tap, tap}) / 20, 1e-12));
}

TEST(LayerStatistics, SelectingAndStackingRowsGivesTheBatchBack) {
  const auto all = layer_statistics({torch::randn({3, 2, 4, 4}), torch::randn({3, 5, 2, 2})});
  const auto again = stack({select(all, 0), select(all, 1), select(all, 2)});
  ASSERT_EQ(again.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(tensors_equal(again[i].mean, all[i].mean));
    EXPECT_TRUE(tensors_equal(again[i].std, all[i].std));
    EXPECT_TRUE(tensors_equal(again[i].gram, all[i].gram));
  }
}

TEST(LayerStatistics, MixingIsLinearRowByRow) {
  const auto a = layer_statistics({torch::randn({2, 3, 4, 4})}),
             b = layer_statistics({torch::randn({2, 3, 4, 4})});
  const auto mixed = mix(a, b, torch::tensor({0.0f, 0.25f}));
  EXPECT_TRUE(tensors_near(mixed[0].gram[0], a[0].gram[0], 1e-5));
  EXPECT_TRUE(tensors_near(mixed[0].gram[1], 0.75 * a[0].gram[1] + 0.25 * b[0].gram[1], 1e-5));
  EXPECT_TRUE(tensors_near(mixed[0].mean[1], 0.75 * a[0].mean[1] + 0.25 * b[0].mean[1], 1e-5));
}

at::Tensor colour(double r, double g, double b) {
  return torch::tensor({r, g, b}, torch::kDouble).view({1, 3, 1, 1});
}

TEST(Lab, KnownColoursHaveTheirKnownValues) {
  const auto lab = [](double r, double g, double b) { return srgb_to_lab(colour(r, g, b)).flatten(); };
  EXPECT_TRUE(tensors_near(lab(1, 1, 1), torch::tensor({1.0, 0.0, 0.0}), 1e-4));
  EXPECT_TRUE(tensors_near(lab(0, 0, 0), torch::tensor({0.0, 0.0, 0.0}), 1e-6));
  EXPECT_TRUE(tensors_near(lab(1, 0, 0), torch::tensor({0.5324, 0.8009, 0.6720}), 2e-4));
  EXPECT_TRUE(tensors_near(lab(0, 0, 1), torch::tensor({0.3230, 0.7919, -1.0786}), 2e-4));
  EXPECT_TRUE(tensors_near(lab(0.5, 0.5, 0.5), torch::tensor({0.5339, 0.0, 0.0}), 2e-4));
}

TEST(StyleStatistics, TextureDoesNotSeeColour) {
  torch::NoGradGuard no_grad;
  PerceptualNetwork phi = tiny_phi();
  const at::Tensor picture = test::photo_tensor(64, 64, 4) * 0.5 + 0.25;
  // Red up and green down so that the luma stays.
  const at::Tensor recoloured = picture + torch::tensor({0.2, -0.2 * 0.299 / 0.587, 0.0}).view({1, 3, 1, 1});
  const StyleStatistics a = style_statistics(picture, *phi), b = style_statistics(recoloured, *phi);
  EXPECT_TRUE(tensors_near(b.texture, a.texture, 2e-3));
  EXPECT_FALSE(tensors_near(b.palette, a.palette, 0.05));
}

TEST(StyleStatistics, TextureDoesNotSeeLevelAndContrast) {
  torch::NoGradGuard no_grad;
  PerceptualNetwork phi = tiny_phi();
  const at::Tensor picture = test::photo_tensor(64, 64, 4);
  EXPECT_TRUE(tensors_near(style_statistics(picture * 0.5 + 0.3, *phi).texture,
                           style_statistics(picture, *phi).texture, 2e-3));
  EXPECT_FALSE(tensors_near(style_statistics(test::photo_tensor(64, 64, 9), *phi).texture,
                            style_statistics(picture, *phi).texture, 2e-3));
}

TEST(StyleStatistics, PaletteIsThePlainLoop) {
  torch::NoGradGuard no_grad;
  PerceptualNetwork phi = tiny_phi();
  for (const at::Tensor& picture : {test::photo_tensor(128, 128, 5), test::photo_tensor(96, 70, 6)}) {
    const at::Tensor palette = style_statistics(picture, *phi).palette;
    ASSERT_EQ(test::shape(palette), (std::vector<std::int64_t>{1, StyleEncoderOptions::kPaletteStatistics}));
    EXPECT_TRUE(tensors_near(palette.squeeze(0),
                             torch::tensor(test::palette_numbers(map_of(picture)), torch::kDouble), 1e-3));
  }
}

TEST(StyleStatistics, GradientsMatchFiniteDifferences) {
  PerceptualNetwork phi = tiny_phi();
  phi->to(torch::kDouble);
  at::Tensor picture = (torch::rand({1, 3, 64, 64}, torch::kDouble) * 0.8 + 0.1).requires_grad_();
  const at::Tensor texture = torch::randn({1, kTinyPhi.statistics()}, torch::kDouble);
  const at::Tensor palette = torch::randn({1, StyleEncoderOptions::kPaletteStatistics}, torch::kDouble);
  const auto value = [&] {
    const StyleStatistics s = style_statistics(picture, *phi);
    return (s.texture * texture).sum() + (s.palette * palette).sum();
  };
  // The order by lightness is constant between ties, so the slope is exact almost everywhere.
  EXPECT_TRUE(gradients_match(value, {picture}, 1e-3));
}

TEST(StyleEncoder, HasTheTensorsTheBundleExpects) {
  EXPECT_EQ(shapes_of(*StyleEncoder(StyleEncoderOptions(), PerceptualOptions())),
            shapes_of(model::expected_encoder_tensors(StyleEncoderOptions(), PerceptualOptions())));
  EXPECT_EQ(shapes_of(*StyleEncoder(kTinyEncoder, kTinyPhi)),
            shapes_of(model::expected_encoder_tensors(kTinyEncoder, kTinyPhi)));
}

TEST(StyleEncoder, EncodesWhatThePlainLoopsEncode) {
  torch::NoGradGuard no_grad;
  PerceptualNetwork phi = tiny_phi();
  StyleEncoder encoder(kTinyEncoder, kTinyPhi);
  test::shake(*encoder);
  const at::Tensor library = torch::cat(
      {test::photo_tensor(64, 64, 1), test::photo_tensor(64, 64, 2), test::photo_tensor(64, 64, 3)});
  encoder->standardise(style_statistics(library, *phi));
  const at::Tensor picture = test::photo_tensor(80, 64, 7);
  const at::Tensor code = encoder(style_statistics(picture, *phi));
  const std::vector<double> expected =
      test::encode(kTinyEncoder, values_of(*encoder), kTinyPhi, values_of(*phi), map_of(picture));
  EXPECT_TRUE(tensors_near(code.squeeze(0), torch::tensor(expected, torch::kDouble), 5e-3));
}

TEST(StyleEncoder, ThePaletteComesFirstAndSeesOnlyThePalette) {
  torch::NoGradGuard no_grad;
  StyleEncoder encoder(kTinyEncoder, kTinyPhi);
  const StyleStatistics s{torch::randn({2, kTinyPhi.statistics()}),
                          torch::randn({2, StyleEncoderOptions::kPaletteStatistics})};
  const at::Tensor code = encoder(s);
  ASSERT_EQ(test::shape(code), (std::vector<std::int64_t>{2, kTinyEncoder.code_dim()}));
  const at::Tensor other = encoder(StyleStatistics{s.texture, s.palette + 1});
  EXPECT_TRUE(tensors_equal(other.narrow(1, 6, 10), code.narrow(1, 6, 10)));
  EXPECT_FALSE(tensors_near(other.narrow(1, 0, 6), code.narrow(1, 0, 6), 1e-3));
}

TEST(StyleEncoder, StandardisesByTheLibrary) {
  torch::NoGradGuard no_grad;
  StyleEncoder encoder(kTinyEncoder, kTinyPhi);
  const StyleStatistics library{torch::randn({9, kTinyPhi.statistics()}) * 4 + 2,
                                torch::randn({9, StyleEncoderOptions::kPaletteStatistics}) - 1};
  encoder->standardise(library);
  const tensor::TensorMap state = tensor::state_of(*encoder);
  EXPECT_TRUE(tensors_near(state.at("texture.mean"), library.texture.mean(0), 1e-5));
  EXPECT_TRUE(tensors_near(state.at("palette.std"), library.palette.std(0, false), 1e-5));
}

TEST(StyleEncoder, GradientsMatchFiniteDifferences) {
  StyleEncoder encoder(kTinyEncoder, kTinyPhi);
  encoder->to(torch::kDouble);
  StyleStatistics s{
      torch::randn({2, kTinyPhi.statistics()}, torch::kDouble).requires_grad_(),
      torch::randn({2, StyleEncoderOptions::kPaletteStatistics}, torch::kDouble).requires_grad_()};
  const at::Tensor weight = torch::randn({2, kTinyEncoder.code_dim()}, torch::kDouble);
  const auto value = [&] { return (encoder(s) * weight).sum(); };
  EXPECT_TRUE(gradients_match(value, {s.texture, s.palette}));
  EXPECT_TRUE(test::parameter_gradients_match(value, *encoder));
}

TEST(SpectralConv, TheLargestSingularValueBecomesOne) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(3);
  SpectralConv conv(6, 10, 4, 2, 1);
  conv->weight.normal_(0, 2);
  const auto largest = [&] {
    return std::get<1>(torch::linalg_svd(conv->normalised_weight().flatten(1))).max().item<double>();
  };
  EXPECT_GT(std::abs(largest() - 1), 1e-4) << "one iteration is not enough, or the test proves nothing";
  for (int i = 0; i < 500; ++i) conv->normalised_weight();
  EXPECT_NEAR(largest(), 1, 1e-4);
}

TEST(SpectralConv, AsksNothingOfItsVectorWhenNotTraining) {
  SpectralConv conv(3, 4, 3, 1, 1);
  conv->eval();
  const at::Tensor before = conv->u.clone();
  conv(torch::rand({1, 3, 8, 8}));
  EXPECT_TRUE(tensors_equal(conv->u, before));
  conv->train();
  conv->weight.data().normal_();
  conv(torch::rand({1, 3, 8, 8}));
  EXPECT_FALSE(tensors_equal(conv->u, before));
}

TEST(Discriminator, JudgesPatchesAtEveryScale) {
  Discriminator judge(kTinyJudge);
  const auto logits = judge(torch::rand({3, 3, 64, 48}), torch::randn({3, 16}));
  ASSERT_EQ(logits.size(), 2u);
  EXPECT_EQ(test::shape(logits[0]), (std::vector<std::int64_t>{3, 1, 8, 6}));
  EXPECT_EQ(test::shape(logits[1]), (std::vector<std::int64_t>{3, 1, 4, 3}));
}

TEST(Discriminator, TheStyleAskedForChangesTheVerdictButLearnsNothing) {
  torch::manual_seed(5);
  Discriminator judge(kTinyJudge);
  judge->eval();
  const at::Tensor picture = torch::rand({1, 3, 32, 32});
  at::Tensor code = torch::randn({1, 16}).requires_grad_();
  const auto asked = judge(picture, code), opposite = judge(picture, -code);
  for (std::size_t s = 0; s < 2; ++s) EXPECT_FALSE(tensors_near(asked[s], opposite[s], 1e-4));
  (asked[0].sum() + asked[1].sum()).backward();
  EXPECT_FALSE(code.grad().defined());
}

TEST(Discriminator, GradientsMatchFiniteDifferences) {
  torch::manual_seed(6);
  Discriminator judge(kTinyJudge);
  judge->to(torch::kDouble);
  test::shake(*judge);
  // In training mode the power iteration would move on between two evaluations.
  judge->eval();
  at::Tensor picture = torch::rand({2, 3, 32, 32}, torch::kDouble).requires_grad_();
  const at::Tensor code = torch::randn({2, 16}, torch::kDouble);
  const auto value = [&] {
    const auto logits = judge(picture, code);
    return logits[0].square().sum() + logits[1].sum();
  };
  EXPECT_TRUE(gradients_match(value, {picture}));
  EXPECT_TRUE(test::parameter_gradients_match(value, *judge));
}

TEST(Discriminator, ImpossibleShapesAreRefused) {
  const auto options = [](int width, int scales, int code) {
    return DiscriminatorOptions{.width = width, .scales = scales, .code_dim = code};
  };
  for (const DiscriminatorOptions& bad :
       {options(0, 2, 8), options(8, 0, 8), options(8, 5, 8), options(8, 2, 0)}) {
    EXPECT_THROW(Discriminator{bad}, Error);
  }
}

std::filesystem::path weights_folder() {
  return std::filesystem::path(ATELIER_SOURCE_DIR) / ".." / "shared" / "weights" / "backbone";
}

/// The synthetic picture of 128 x 128 that the published numbers were measured on.
at::Tensor wave_picture() {
  const at::Tensor row = torch::arange(128, torch::kDouble).view({1, 128, 1}),
                   column = torch::arange(128, torch::kDouble).view({1, 1, 128});
  const at::Tensor channel = torch::arange(1, 4, torch::kDouble).view({3, 1, 1});
  return (0.5 + 0.5 * torch::sin(0.1 * row + 0.05 * channel * column)).to(torch::kFloat32).unsqueeze(0);
}

TEST(ReferenceNetworks, Vgg19MeasuresThePublishedNumbers) {
  const auto file = weights_folder() / "vgg19_oxford_bgr_relu3_4.safetensors";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the published weights are not beside this source tree";
  torch::NoGradGuard no_grad;
  const auto taps = load_reference_network("vgg19", file)->features(wave_picture());
  const std::array<std::array<double, 2>, 4> expected = {
      {{40.4868, 76.1767}, {188.4125, 271.4032}, {296.4072, 467.6455}, {962.7415, 1601.8667}}};
  ASSERT_EQ(taps.size(), 4u);
  for (std::size_t t = 0; t < 4; ++t) {
    EXPECT_NEAR(taps[t].mean().item<double>() / expected[t][0], 1, 1e-4) << t;
    EXPECT_NEAR(taps[t].std().item<double>() / expected[t][1], 1, 1e-4) << t;
  }
}

TEST(ReferenceNetworks, Se16xMeasuresThePublishedNumber) {
  const auto file = weights_folder() / "vgg19_se16x_enc5.safetensors";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the published weights are not beside this source tree";
  torch::NoGradGuard no_grad;
  const auto taps = load_reference_network("se16x", file)->features(wave_picture());
  ASSERT_EQ(taps.size(), 5u);
  EXPECT_NEAR(taps[4].mean().item<double>(), 4.91232, 1e-3);
}

TEST(ReferenceNetworks, HaveTheChannelsTheyAreSaidToHave) {
  const std::map<std::string, std::string> files = {{"vgg19", "vgg19_oxford_bgr_relu3_4.safetensors"},
                                                    {"se16x", "vgg19_se16x_enc5.safetensors"},
                                                    {"squeezenet", "squeezenet1_1_tv_features.safetensors"},
                                                    {"alexnet", "alexnet_tv_features.safetensors"},
                                                    {"filters", ""}};
  torch::NoGradGuard no_grad;
  bool skipped = false;
  for (const auto& [kind, name] : files) {
    const auto file = name.empty() ? std::filesystem::path() : weights_folder() / name;
    if (!file.empty() && !std::filesystem::exists(file)) {
      skipped = true;
      continue;
    }
    std::vector<std::int64_t> channels;
    for (const at::Tensor& tap : load_reference_network(kind, file)->features(wave_picture()))
      channels.push_back(tap.size(1));
    EXPECT_EQ(channels, reference_channels(kind)) << kind;
  }
  if (skipped) GTEST_SKIP() << "the published weights are not beside this source tree";
}

TEST(ReferenceNetworks, UnknownKindsAndMissingFilesAreNamed) {
  test::expect_error([] { load_reference_network("vgg16", "x.safetensors"); }, ErrorCode::Usage,
                     "network.kind");
  test::expect_error([] { reference_channels("vgg16"); }, ErrorCode::Usage, "network.kind");
  EXPECT_THROW(load_reference_network("vgg19", "no-such-file.safetensors"), Error);
}

TEST(ReferenceNetworks, AFileOfAnotherNetworkIsRefused) {
  const auto file = weights_folder() / "vgg19_se16x_enc5.safetensors";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the published weights are not beside this source tree";
  const auto network = load_reference_network("vgg19", file);
  test::expect_error([&] { network->features(wave_picture()); }, ErrorCode::BadData, "model.tensors");
}

}  // namespace
}  // namespace atelier::nn
