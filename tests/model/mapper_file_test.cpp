#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "atelier/core/atomic_file.h"
#include "atelier/model/model_bundle.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tiny_bundle.h"

namespace atelier::model {
namespace {

using test::expect_error;

class MapperFile : public ::testing::Test {
 protected:
  void write(float value = 1, const std::string& space = "tiny-1") const {
    write_mapper(bundle_, {{.name = "a", .shape = {1}, .values = {value}}}, {{"space", space}},
                 {{"steps", 3}}, {{"gain", 0.5}});
  }

  test::TempDir folder_;
  std::filesystem::path bundle_ = test::write_tiny_bundle(folder_);
};

TEST_F(MapperFile, IsAbsentUntilOneIsTrained) {
  EXPECT_FALSE(ModelBundle::open(bundle_)->mapper());
}

TEST_F(MapperFile, ComesBackWithItsRecipeAndNumbers) {
  write();
  const auto bundle = ModelBundle::open(bundle_);
  ASSERT_TRUE(bundle->mapper());
  EXPECT_EQ(bundle->mapper()->floats("a", {1}), std::vector<float>{1});
  EXPECT_EQ(bundle->mapper()->metadata().at("space"), "tiny-1");
  EXPECT_EQ(bundle->manifest().training.at("mapper").at("steps"), 3);
  EXPECT_EQ(bundle->manifest().metrics.at("mapper").at("gain"), 0.5);
  EXPECT_EQ(bundle->manifest().training.at("seed"), 1);
}

TEST_F(MapperFile, ReplacesAnOlderOne) {
  write(1);
  write(2);
  EXPECT_EQ(ModelBundle::open(bundle_)->mapper()->floats("a", {1}), std::vector<float>{2});
}

TEST_F(MapperFile, OfAnotherSpaceIsRefusedAndChangesNothing) {
  write(1);
  expect_error([&] { write(2, "tiny-2"); }, ErrorCode::BadData, "style.space");
  EXPECT_EQ(ModelBundle::open(bundle_)->mapper()->floats("a", {1}), std::vector<float>{1});
}

TEST_F(MapperFile, WithANumberThatIsNotFiniteIsNeverWritten) {
  expect_error([&] { write(std::numeric_limits<float>::infinity()); }, ErrorCode::Internal,
               "weights.nonfinite");
  EXPECT_FALSE(ModelBundle::open(bundle_)->mapper());
}

TEST_F(MapperFile, LeftUnlistedByAKilledTrainingIsIgnored) {
  write_file_atomically(bundle_ / "mapper.safetensors", "half of a file");
  EXPECT_FALSE(ModelBundle::open(bundle_)->mapper());
}

TEST_F(MapperFile, ThatWasChangedIsRefused) {
  write();
  std::ofstream(bundle_ / "mapper.safetensors", std::ios::app) << "x";
  expect_error([&] { ModelBundle::open(bundle_); }, ErrorCode::BadData, "model.checksum");
}

}  // namespace
}  // namespace atelier::model
