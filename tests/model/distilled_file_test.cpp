#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "atelier/core/atomic_file.h"
#include "support/expect_error.h"
#include "support/tiny_bundle.h"

namespace atelier::model {
namespace {

using test::expect_error;

class DistilledFile : public ::testing::Test {
 protected:
  static GeneratorOptions options_of(const std::string& size) {
    return {.size = size,
            .c1 = 4,
            .c2 = 8,
            .c3 = 8,
            .encoder_blocks = 0,
            .core_blocks = 1,
            .decoder_blocks = 1,
            .code_dim = 16,
            .hidden = 8};
  }

  void write(const GeneratorOptions& options, unsigned seed = 7) const {
    test::SeededRandom random(seed);
    write_distilled(bundle_, {options, {{"steps", seed}}, {{"l1", 0.5}}},
                    test::random_tensors(expected_generator_tensors(options), random));
  }
  float first_weight(const std::string& network) const {
    return weights::to_floats(*ModelBundle::open(bundle_, network)->generator().find("out.conv.bias"))[0];
  }

  test::TempDir folder_;
  std::filesystem::path bundle_ = test::write_tiny_bundle(folder_);
  std::filesystem::path file_ = bundle_ / "generator-xs.safetensors";
};

TEST_F(DistilledFile, ComesBackInThePlaceOfTheOwnGenerator) {
  const auto before = ModelBundle::open(bundle_);
  EXPECT_EQ(before->manifest().format_version, 1);
  write(options_of("XS"));
  const auto own = ModelBundle::open(bundle_), student = ModelBundle::open(bundle_, "XS");
  EXPECT_FALSE(own->is_distilled());
  EXPECT_EQ(own->manifest().generator, before->manifest().generator);
  EXPECT_EQ(own->manifest().format_version, 2);
  EXPECT_TRUE(student->is_distilled());
  EXPECT_EQ(student->manifest().generator, options_of("XS"));
  EXPECT_EQ(student->manifest().distilled.at("XS").training.at("steps"), 7);
  EXPECT_EQ(student->manifest().distilled.at("XS").metrics.at("l1"), 0.5);
  EXPECT_EQ(student->styles(), own->styles());
  EXPECT_NE(student->manifest().sha256.at("generator.safetensors"),
            own->manifest().sha256.at("generator.safetensors"));
  EXPECT_EQ(ModelBundle::open(bundle_, "tiny")->manifest().generator, own->manifest().generator);
}

TEST_F(DistilledFile, ReplacesAnOlderOneOfItsSizeOnly) {
  write(options_of("XS"), 7);
  write(options_of("S"), 8);
  const float small = first_weight("S"), smallest = first_weight("XS");
  write(options_of("XS"), 9);
  EXPECT_EQ(first_weight("S"), small);
  EXPECT_NE(first_weight("XS"), smallest);
  EXPECT_THAT(ModelBundle::open(bundle_)->manifest().sizes(), testing::ElementsAre("tiny", "S", "XS"));
}

TEST_F(DistilledFile, ThatTheModelLacksIsRefusedWithWhatItHolds) {
  write(options_of("XS"));
  const std::string message =
      expect_error([&] { ModelBundle::open(bundle_, "S"); }, ErrorCode::Usage, "model.network");
  EXPECT_THAT(message, testing::HasSubstr("only tiny, XS"));
  EXPECT_THAT(message, testing::HasSubstr("atelier train distil"));
}

TEST_F(DistilledFile, DamagedOrGoneIsRefusedAndLeavesTheModelItself) {
  write(options_of("XS"));
  std::ofstream(file_, std::ios::app) << "x";
  expect_error([&] { ModelBundle::open(bundle_, "XS"); }, ErrorCode::BadData, "model.checksum");
  std::filesystem::remove(file_);
  expect_error([&] { ModelBundle::open(bundle_, "XS"); }, ErrorCode::NoInput, "model.missing");
  ModelBundle::open(bundle_);
  write(options_of("XS"));
  ModelBundle::open(bundle_, "XS");
}

TEST_F(DistilledFile, LeftUnlistedByAKilledTrainingIsIgnored) {
  write_file_atomically(file_, "half of a file");
  EXPECT_THAT(ModelBundle::open(bundle_)->manifest().sizes(), testing::ElementsAre("tiny"));
}

TEST_F(DistilledFile, ThatDoesNotFitIsNeverWritten) {
  GeneratorOptions other_codes = options_of("XS");
  other_codes.code_dim = 8;
  expect_error([&] { write(other_codes); }, ErrorCode::Config, "config.option");
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_TRUE(ModelBundle::open(bundle_)->manifest().distilled.empty());
}

TEST_F(DistilledFile, IsLeftBehindByAnotherGenerator) {
  write(options_of("XS"));
  BundleContents contents = test::tiny_bundle_contents();
  contents.manifest.distilled = ModelBundle::open(bundle_)->manifest().distilled;
  write_bundle(bundle_, contents, weights::DType::F32);
  EXPECT_TRUE(ModelBundle::open(bundle_)->manifest().distilled.empty());
}

}  // namespace
}  // namespace atelier::model
