#include "atelier/training/distillation.h"

#include <gtest/gtest.h>

#include <numeric>

#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::training {
namespace {

using test::expect_error;

class DistillationTest : public testing::Test {
 protected:
  Distillation teach(int steps, bool fresh = false) {
    DistillationOptions options;
    options.steps = steps;
    options.crop = 32;
    options.batch = 2;
    options.fresh = fresh;
    return distil(*open(), photos(), options);
  }
  std::shared_ptr<const model::ModelBundle> open(const std::string& network = "") const {
    return model::ModelBundle::open(bundle_, network);
  }
  static std::vector<Image> photos() {
    std::vector<Image> photos;
    for (unsigned seed = 1; seed <= 4; ++seed) photos.push_back(test::synthetic_photo(80, 72, seed));
    return photos;
  }
  std::string checksum(const char* file) const { return open()->manifest().sha256.at(file); }

  test::TempDir folder_;
  std::filesystem::path bundle_ = test::write_tiny_bundle(folder_);
};

TEST_F(DistillationTest, TheStudentComesNearerToItsTeacherAndLivesInTheBundle) {
  const std::string own = checksum("generator.safetensors");
  const Distillation little = teach(1), more = teach(450, /*fresh=*/true);
  ASSERT_TRUE(little.after && more.after);
  EXPECT_FALSE(more.before);
  EXPECT_EQ(more.steps, 450);
  EXPECT_EQ(more.after->paintings, 3u);
  EXPECT_LT(more.after->l1, little.after->l1);
  EXPECT_GT(more.after->psnr, little.after->psnr);
  EXPECT_LT(more.after->features, 0.9 * little.after->features);
  EXPECT_LT(more.after->style, 0.9 * little.after->style);

  EXPECT_EQ(checksum("generator.safetensors"), own);
  const auto student = open("XS");
  EXPECT_EQ(student->manifest().generator.c1, GeneratorOptions::named("XS").c1);
  EXPECT_EQ(student->manifest().generator.code_dim, 16);
  const model::DistilledGenerator& entry = student->manifest().distilled.at("XS");
  EXPECT_EQ(entry.training.at("teacher"), own);
  EXPECT_EQ(entry.training.at("photos"), 3);
  EXPECT_DOUBLE_EQ(entry.metrics.at("l1"), more.after->l1);
}

TEST_F(DistillationTest, GoesOnFromWhatTheBundleHolds) {
  const Distillation first = teach(8), second = teach(2);
  ASSERT_TRUE(second.before);
  EXPECT_NEAR(second.before->l1, first.after->l1, 1e-3) << "the file is in half precision";
  EXPECT_EQ(open()->manifest().distilled.at("XS").training.at("steps"), 10);
}

TEST_F(DistillationTest, TheSameStepsGiveTheSameWeights) {
  teach(4);
  const std::string first = checksum("generator-xs.safetensors");
  teach(4, /*fresh=*/true);
  EXPECT_EQ(checksum("generator-xs.safetensors"), first);
}

TEST_F(DistillationTest, FlatGroundGetsNoCheckerboard) {
  teach(6);
  const auto student = open("XS");
  const int in = student->manifest().generator.c1;
  const std::vector<float> weights = weights::to_floats(*student->generator().find("out.conv.weight"));
  const auto sum = [&](int filter, int channel) {
    const auto at = weights.begin() + (filter * in + channel) * 9;
    return std::accumulate(at, at + 9, 0.0);
  };
  for (int colour = 0; colour < 3; ++colour) {
    for (int channel = 0; channel < in; ++channel) {
      for (int phase = 1; phase < 4; ++phase)
        EXPECT_NEAR(sum(colour * 4 + phase, channel), sum(colour * 4, channel), 2e-3);
    }
  }
}

TEST_F(DistillationTest, RefusesWhatCannotBeTaught) {
  const auto refused = [&](const std::string& size, std::vector<Image> photos, int crop, const char* id) {
    DistillationOptions options;
    options.size = size;
    options.steps = 1;
    options.crop = crop;
    expect_error([&] { distil(*open(), std::move(photos), options); }, ErrorCode::Usage, id);
  };
  refused("XS", {}, 32, "distil.photos");
  refused("XS", photos(), 40, "distil.crop");
  model::BundleContents contents = test::tiny_bundle_contents();
  contents.manifest.generator.size = "XS";
  model::write_bundle(bundle_, contents, weights::DType::F32);
  refused("XS", photos(), 32, "distil.size");
  EXPECT_TRUE(open()->manifest().distilled.empty());
}

}  // namespace
}  // namespace atelier::training
