#include "atelier/model/style_delta.h"

#include <gtest/gtest.h>

#include "atelier/core/atomic_file.h"
#include "atelier/weights/sha256.h"
#include "support/expect_error.h"
#include "support/tiny_bundle.h"

namespace atelier::model {
namespace {

using test::expect_error;

class StyleDeltaFile : public testing::Test {
 protected:
  StyleDeltaFile() : bundle_(ModelBundle::open(test::write_tiny_bundle(folder_ / "model"))) {
    delta_.space = bundle_->manifest().space_id;
    delta_.generator_sha256 = bundle_->manifest().sha256.at("generator.safetensors");
    for (int i = 0; i < modulation_length(bundle_->manifest().generator); ++i)
      delta_.modulation.push_back(0.125f * static_cast<float>(i % 7 - 3));
    delta_.layers = {{"out.conv.bias", {12}, std::vector<float>(12, 0.5f)}};
  }

  /// The file, and its checksum.
  std::pair<std::filesystem::path, std::string> written() const {
    const auto bytes = delta_.to_bytes();
    write_file_atomically(folder_ / "d.safetensors", bytes);
    return {folder_ / "d.safetensors", weights::sha256_hex(bytes)};
  }

  test::TempDir folder_;
  std::shared_ptr<const ModelBundle> bundle_;
  StyleDelta delta_;
};

TEST_F(StyleDeltaFile, SurvivesTheRoundTrip) {
  const auto [path, sha256] = written();
  const StyleDelta read = StyleDelta::read(path, sha256);
  EXPECT_EQ(read.space, delta_.space);
  EXPECT_EQ(read.generator_sha256, delta_.generator_sha256);
  EXPECT_EQ(read.modulation, delta_.modulation);  // eighths are exact in fp16
  ASSERT_EQ(read.layers.size(), 1u);
  EXPECT_EQ(read.layers[0].name, "out.conv.bias");
  EXPECT_EQ(read.layers[0].values, delta_.layers[0].values);
  read.require_fits(bundle_->manifest(), "mine");
}

TEST_F(StyleDeltaFile, OfTheBaseModelIsSmall) {
  delta_.modulation.assign(static_cast<std::size_t>(modulation_length(GeneratorOptions::named("M"))), 0.1f);
  delta_.layers.clear();
  EXPECT_LT(delta_.to_bytes().size(), 10'000u);
}

TEST_F(StyleDeltaFile, IsRefusedWhenDamagedOrGone) {
  const auto [path, sha256] = written();
  expect_error([&] { StyleDelta::read(path, std::string(64, '0')); }, ErrorCode::BadData,
               "style.delta_checksum");
  expect_error([&] { StyleDelta::read(folder_ / "none", sha256); }, ErrorCode::NoInput,
               "style.delta_missing");
  const auto generator = bundle_->folder() / "generator.safetensors";
  expect_error([&] { StyleDelta::read(generator, weights::sha256_file(generator)); }, ErrorCode::BadData,
               "style.delta");
}

TEST_F(StyleDeltaFile, IsRefusedByAnotherModel) {
  const auto other = ModelBundle::open(test::write_tiny_bundle(folder_ / "other", 2));
  expect_error([&] { delta_.require_fits(other->manifest(), "mine"); }, ErrorCode::BadData,
               "style.delta_model");
  delta_.modulation.pop_back();
  expect_error([&] { delta_.require_fits(bundle_->manifest(), "mine"); }, ErrorCode::BadData,
               "style.delta_model");
}

TEST_F(StyleDeltaFile, AddsItsLayersToTheGeneratorAndNothingElse) {
  const weights::SafetensorsFile changed = delta_.applied_to(bundle_->generator());
  for (const weights::TensorView& tensor : bundle_->generator().tensors()) {
    std::vector<float> expected = weights::to_floats(tensor);
    if (tensor.name == "out.conv.bias")
      for (float& value : expected) value += 0.5f;
    EXPECT_EQ(changed.floats(tensor.name, tensor.shape), expected) << tensor.name;
  }
  delta_.layers[0].name = "no.such.layer";
  expect_error([&] { delta_.applied_to(bundle_->generator()); }, ErrorCode::BadData, "model.tensors");
}

}  // namespace
}  // namespace atelier::model
