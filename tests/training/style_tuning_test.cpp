#include "atelier/training/style_tuning.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::training {
namespace {

using test::expect_error;

class StyleTuning : public testing::Test {
 protected:
  StyleTuning()
      : bundle_(model::ModelBundle::open(test::write_tiny_bundle(folder_))),
        styles_{test::synthetic_photo(80, 72, 7)},
        photos_{test::synthetic_photo(80, 72, 1)} {}

  TunedStyle tune(TuningLevel level, int steps) const {
    StyleTuningOptions options;
    options.steps = steps;
    options.level = level;
    return tune_style(*bundle_, styles_, photos_, options);
  }

  test::TempDir folder_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  std::vector<Image> styles_, photos_;
};

TEST_F(StyleTuning, ZeroShotIsTheEncodersCodeAndNothingElse) {
  const TunedStyle tuned = tune(TuningLevel::ZeroShot, 0);
  EXPECT_EQ(tuned.level, TuningLevel::ZeroShot);
  EXPECT_EQ(tuned.code, tuned.zero_shot);
  EXPECT_TRUE(tuned.delta.empty());
  EXPECT_EQ(tuned.code.space, bundle_->manifest().space_id);
}

TEST_F(StyleTuning, EveryLevelComesNearerToThePictureOrIsNotKept) {
  const TunedStyle tuned = tune(TuningLevel::Layers, 20);
  ASSERT_EQ(tuned.rungs.size(), 4u);
  for (std::size_t i = 1; i < tuned.rungs.size(); ++i) {
    EXPECT_GT(tuned.rungs[i].steps, 0);
    EXPECT_LE(tuned.rungs[i].score.style, tuned.rungs[i - 1].score.style * 1.0001);
  }
  const TuningRung& zero = tuned.rungs.front();
  EXPECT_NE(tuned.level, TuningLevel::ZeroShot);
  EXPECT_LT(tuned.kept().score.style, zero.score.style);
  EXPECT_LE(tuned.kept().score.content, zero.score.content * 1.101);
  EXPECT_NE(tuned.code, tuned.zero_shot);
  tuned.delta.require_fits(bundle_->manifest(), "test");
}

TEST_F(StyleTuning, LeavesTheModelAlone) {
  const auto before = weights::to_floats(*bundle_->generator().find("out.conv.weight"));
  tune(TuningLevel::Layers, 4);
  EXPECT_EQ(weights::to_floats(*bundle_->generator().find("out.conv.weight")), before);
}

TEST_F(StyleTuning, RefusesPicturesThatHoldNoStrokes) {
  styles_ = {Image(8, 8)};
  EXPECT_NE(
      expect_error([&] { tune(TuningLevel::Code, 1); }, ErrorCode::BadData, "style.too_small").find("8x8"),
      std::string::npos);
  styles_ = {Image(96, 96)};
  expect_error([&] { tune(TuningLevel::Code, 1); }, ErrorCode::BadData, "style.one_colour");
  styles_ = {test::synthetic_photo(80, 72, 7)};
  photos_ = {Image(20, 400)};
  expect_error([&] { tune(TuningLevel::Code, 1); }, ErrorCode::BadData, "content.too_small");
}

TEST(TuningLevels, FollowTheTimeThereIs) {
  EXPECT_EQ(level_for(0.1), TuningLevel::ZeroShot);
  EXPECT_EQ(level_for(0.5), TuningLevel::Code);
  EXPECT_EQ(level_for(3), TuningLevel::Affine);
  EXPECT_EQ(level_for(8), TuningLevel::Layers);
  EXPECT_EQ(parse_tuning_level("affine"), TuningLevel::Affine);
  expect_error([] { parse_tuning_level("deep"); }, ErrorCode::Usage, "tuning.level");
}

}  // namespace
}  // namespace atelier::training
