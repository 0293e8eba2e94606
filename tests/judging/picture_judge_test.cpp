#include "atelier/judging/picture_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>

#include "atelier/evaluation/pictures/metric_catalogue.h"
#include "judge_fixtures.h"
#include "support/environment.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tiny_bundle.h"

namespace atelier::judging {
namespace {

using testing::HasSubstr;

std::shared_ptr<const model::ModelBundle> tiny_bundle() {
  static const test::TempDir folder;
  static const auto bundle = model::ModelBundle::open(test::write_tiny_bundle(folder));
  return bundle;
}

TEST(JudgeWeights, AreReportedAbsentOneByOne) {
  const test::ScopedVariable none("ATELIER_JUDGE_WEIGHTS", nullptr);
  const JudgeWeights weights = JudgeWeights::find({});
  ASSERT_EQ(weights.absent.size(), 4u);
  EXPECT_THAT(weights.absent[0], HasSubstr("VGG-19"));
  EXPECT_THAT(weights.absent[0], HasSubstr("--judge-weights"));
  EXPECT_FALSE(weights.vgg19 || weights.alexnet || weights.squeezenet || weights.inception);
  const test::TempDir empty;
  EXPECT_THAT(JudgeWeights::find(empty.path()).absent[3],
              HasSubstr("inception_v3_2015_to_mixed_8_fp16.safetensors is not in"));
}

TEST(JudgeWeights, NameAFolderThatIsNotThere) {
  EXPECT_THAT(test::expect_error([] { JudgeWeights::find("nowhere"); }, ErrorCode::NoInput, "judge.folder"),
              HasSubstr("nowhere"));
}

TEST(PictureJudge, MeasuresWithoutPublishedNetworksWhatItCan) {
  const PictureJudge judge(*tiny_bundle(), {});
  const Image photo = test::synthetic_photo(96, 96, 1), style = test::stripes(96, 12, 220, 20);
  const std::vector<JudgedPicture> styles = {judge.look_at(style).as_style(),
                                             judge.look_at(test::stripes(96, 30, 20, 220)).as_style()};
  const auto values = judge.judge(judge.look_at(photo), judge.look_at(photo), styles, 0);
  for (const char* key : {"phi_content", "phi_distance", "grid", "border", "clipping", "blob"})
    EXPECT_EQ(values.at(key), 0) << key;
  EXPECT_NEAR(values.at("ssim"), 1, 1e-6);
  EXPECT_GT(values.at("phi_style"), 0);
  for (const char* key : {"content", "style", "lpips_alex", "lpips_squeeze"})
    EXPECT_FALSE(values.contains(key)) << key;
  EXPECT_TRUE(judge.look_at(photo).inception().empty());
  for (const auto& [key, value] : values) EXPECT_NE(evaluation::find_metric(key), nullptr) << key;
}

TEST(PictureJudge, KnowsTheStyleInItsOwnCopy) {
  const PictureJudge judge(*tiny_bundle(), {});
  std::vector<JudgedPicture> styles;
  for (int i = 0; i < 6; ++i)
    styles.push_back(
        judge.look_at(test::stripes(96, 8 + 6 * i, static_cast<unsigned char>(250 - 40 * i), 20)).as_style());
  const JudgedPicture photo = judge.look_at(test::synthetic_photo(96, 96, 1));
  const auto values = judge.judge(judge.look_at(test::stripes(96, 14, 210, 20)), photo, styles, 1);
  EXPECT_EQ(values.at("phi_style"), 0);
  EXPECT_EQ(values.at("phi_gram"), 0);
  EXPECT_EQ(values.at("phi_swd"), 0);
  EXPECT_EQ(values.at("palette"), 0);
  EXPECT_EQ(values.at("phi_top1"), 1);
  EXPECT_GT(values.at("phi_content"), 0.1);
  double asked_and_found = 0;  // a photo is nearest to at most one of them
  for (std::size_t style = 0; style < styles.size(); ++style)
    asked_and_found += judge.judge(photo, photo, styles, style).at("phi_top1");
  EXPECT_LE(asked_and_found, 1);
}

TEST(PictureJudge, SaysTheSameEveryTime) {
  const PictureJudge judge(*tiny_bundle(), {});
  const Image photo = test::synthetic_photo(80, 80, 3), painting = test::stripes(80, 20, 90, 90);
  const std::vector<JudgedPicture> styles = {judge.look_at(painting).as_style()};
  const auto once = [&] { return judge.judge(judge.look_at(painting), judge.look_at(photo), styles, 0); };
  EXPECT_EQ(once(), once());
}

TEST(PictureJudge, RefusesPicturesThatAreTooSmall) {
  const PictureJudge judge(*tiny_bundle(), {});
  EXPECT_THAT(test::expect_error([&] { judge.look_at(test::synthetic_photo(63, 200, 1)); },
                                 ErrorCode::BadData, "judge.too_small"),
              HasSubstr("63 x 200"));
}

TEST(PictureJudge, MeasuresEveryMetricWithPublishedNetworks) {
  if (!test::judge_folder()) GTEST_SKIP() << test::kNoJudges;
  const PictureJudge judge(*tiny_bundle(), JudgeWeights::find(*test::judge_folder()));
  const JudgedPicture photo = judge.look_at(test::synthetic_photo(96, 96, 1));
  const JudgedPicture style = judge.look_at(test::stripes(96, 14, 210, 20));
  const auto values = judge.judge(style, photo, {style.as_style()}, 0);
  for (const evaluation::Metric& metric : evaluation::pair_metrics()) {
    EXPECT_TRUE(values.contains(metric.key) || metric.key == "seam") << metric.key;
  }
  EXPECT_EQ(values.at("style"), 0);
  EXPECT_GT(values.at("content"), 0.3);
  EXPECT_GT(values.at("lpips_alex"), 0.3);
  EXPECT_EQ(photo.inception().size(), 768u);
}

}  // namespace
}  // namespace atelier::judging
