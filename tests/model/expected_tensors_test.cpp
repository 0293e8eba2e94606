#include "atelier/model/expected_tensors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace atelier::model {
namespace {

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

Shapes by_name(const std::vector<weights::ExpectedTensor>& tensors) {
  Shapes shapes;
  for (const weights::ExpectedTensor& tensor : tensors) shapes[tensor.name] = tensor.shape;
  EXPECT_EQ(shapes.size(), tensors.size()) << "a name appears twice";
  return shapes;
}

std::int64_t parameters(const std::vector<weights::ExpectedTensor>& tensors) {
  std::int64_t total = 0;
  for (const weights::ExpectedTensor& tensor : tensors) {
    std::int64_t count = 1;
    for (const std::int64_t dimension : tensor.shape) count *= dimension;
    total += count;
  }
  return total;
}

TEST(ExpectedTensors, OfTheGeneratorAreThoseOfTheArchitecture) {
  const GeneratorOptions options{.size = "x",
                                 .c1 = 4,
                                 .c2 = 6,
                                 .c3 = 10,
                                 .encoder_blocks = 1,
                                 .core_blocks = 2,
                                 .decoder_blocks = 1,
                                 .code_dim = 7,
                                 .hidden = 9};
  const Shapes shapes = by_name(expected_generator_tensors(options));
  const Shapes expected = {
      {"e1.conv.weight", {4, 12, 3, 3}},
      {"e1.conv.bias", {4}},
      {"e1.norm.weight", {4}},
      {"e1.norm.bias", {4}},
      {"e2.conv.weight", {6, 4, 3, 3}},
      {"e2.conv.bias", {6}},
      {"e2.norm.weight", {6}},
      {"e2.norm.bias", {6}},
      {"e3.0.conv0.weight", {6, 6, 3, 3}},
      {"e3.0.conv0.bias", {6}},
      {"e3.0.norm0.weight", {6}},
      {"e3.0.norm0.bias", {6}},
      {"e3.0.conv1.weight", {6, 6, 3, 3}},
      {"e3.0.conv1.bias", {6}},
      {"e3.0.norm1.weight", {6}},
      {"e3.0.norm1.bias", {6}},
      {"e4.conv.weight", {10, 6, 3, 3}},
      {"e4.conv.bias", {10}},
      {"e4.norm.weight", {10}},
      {"e4.norm.bias", {10}},
      {"core.0.conv0.weight", {10, 10, 3, 3}},
      {"core.0.conv0.bias", {10}},
      {"core.0.conv1.weight", {10, 10, 3, 3}},
      {"core.0.conv1.bias", {10}},
      {"core.1.conv0.weight", {10, 10, 3, 3}},
      {"core.1.conv0.bias", {10}},
      {"core.1.conv1.weight", {10, 10, 3, 3}},
      {"core.1.conv1.bias", {10}},
      {"d1.conv.weight", {6, 10, 3, 3}},
      {"d1.conv.bias", {6}},
      {"sk.conv.weight", {6, 6, 1, 1}},
      {"sk.conv.bias", {6}},
      {"dec.0.conv0.weight", {6, 6, 3, 3}},
      {"dec.0.conv0.bias", {6}},
      {"dec.0.conv1.weight", {6, 6, 3, 3}},
      {"dec.0.conv1.bias", {6}},
      {"d3.conv.weight", {4, 6, 3, 3}},
      {"d3.conv.bias", {4}},
      {"out.conv.weight", {12, 4, 3, 3}},
      {"out.conv.bias", {12}},
      {"style.mlp.weight", {9, 9}},
      {"style.mlp.bias", {9}},
      // sites: 4 of the core at 10, d1 and sk at 6, two of the decoder at 6, d3 at 4; gamma and beta each
      {"style.sites.weight", {136, 9}},
      {"style.sites.bias", {136}},
  };
  EXPECT_EQ(shapes, expected);
}

TEST(ExpectedTensors, OfTheDefaultGeneratorHaveTheDesignsSize) {
  const std::int64_t total = parameters(expected_generator_tensors(GeneratorOptions::named("M")));
  EXPECT_GT(total, 1'900'000);
  EXPECT_LT(total, 2'500'000);
}

TEST(ExpectedTensors, GrowWithTheNamedSizes) {
  std::int64_t before = 0;
  for (const char* size : {"XS", "S", "M", "L"}) {
    const std::int64_t total = parameters(expected_generator_tensors(GeneratorOptions::named(size)));
    EXPECT_GT(total, before) << size;
    before = total;
  }
}

TEST(ExpectedTensors, OfThePerceptualNetworkFollowItsBlocks) {
  const Shapes shapes = by_name(expected_perceptual_tensors({.widths = {2, 4, 6, 8}, .convs = {1, 2, 1, 1}}));
  const Shapes expected = {
      {"conv1_1.weight", {2, 3, 3, 3}}, {"conv1_1.bias", {2}},
      {"conv2_1.weight", {4, 2, 3, 3}}, {"conv2_1.bias", {4}},
      {"conv2_2.weight", {4, 4, 3, 3}}, {"conv2_2.bias", {4}},
      {"conv3_1.weight", {6, 4, 3, 3}}, {"conv3_1.bias", {6}},
      {"conv4_1.weight", {8, 6, 3, 3}}, {"conv4_1.bias", {8}},
  };
  EXPECT_EQ(shapes, expected);
}

TEST(ExpectedTensors, OfTheEncoderFollowTheStatistics) {
  const PerceptualOptions perceptual{.widths = {1, 2, 3, 4}, .convs = {1, 1, 1, 1}};
  const StyleEncoderOptions encoder{
      .palette_dim = 5, .palette_hidden = 6, .texture_dim = 7, .texture_hidden = 8};
  const Shapes shapes = by_name(expected_encoder_tensors(encoder, perceptual));
  const Shapes expected = {
      {"texture.mean", {20}},    {"texture.std", {20}},          {"texture.fc0.weight", {8, 20}},
      {"texture.fc0.bias", {8}}, {"texture.fc1.weight", {7, 8}}, {"texture.fc1.bias", {7}},
      {"palette.mean", {24}},    {"palette.std", {24}},          {"palette.fc0.weight", {6, 24}},
      {"palette.fc0.bias", {6}}, {"palette.fc1.weight", {5, 6}}, {"palette.fc1.bias", {5}},
  };
  EXPECT_EQ(shapes, expected);
}

}  // namespace
}  // namespace atelier::model
