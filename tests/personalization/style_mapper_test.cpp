#include "atelier/personalization/style_mapper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "personalization/tiny_mapper.h"
#include "support/expect_error.h"

namespace atelier::personalization {
namespace {

using test::expect_error;
using test::kTinyShape;
using test::TinyGallery;

constexpr double kReach = 0.3;

class StyleMapperTest : public ::testing::Test {
 protected:
  PreferenceModel fit(const std::vector<TasteObservation>& answers) const {
    return PreferenceModel::fit(gallery_.prior, answers, 0);
  }
  std::vector<StyleMapper::Proposal> map(int answers, const MapOptions& options = {}) const {
    const auto given = gallery_.answers(answers);
    return mapper_.map(fit(given), given, options);
  }
  static double distance(const StyleMapper::Proposal& a, const StyleMapper::Proposal& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.z.size(); ++i) sum += (a.z[i] - b.z[i]) * (a.z[i] - b.z[i]);
    return std::sqrt(sum);
  }

  TinyGallery gallery_ = TinyGallery::make();
  StyleMapper mapper_ = test::random_mapper(gallery_);
};

TEST_F(StyleMapperTest, DoesNotCareInWhichOrderAnswersCame) {
  auto answers = gallery_.answers(9);
  const auto straight = mapper_.map(fit(answers), answers, {.variants = 3});
  std::mt19937_64 random(3);
  std::shuffle(answers.begin(), answers.end(), random);
  const auto shuffled = mapper_.map(fit(answers), answers, {.variants = 3});
  for (std::size_t i = 0; i < straight.size(); ++i) EXPECT_LT(distance(straight[i], shuffled[i]), 1e-4);
}

TEST_F(StyleMapperTest, DrawsADistributionOverAnchorsAndABoundedStep) {
  const auto answers = gallery_.answers(5);
  const MapperInput input = mapper_.input(fit(answers), answers);
  std::mt19937_64 random(1);
  for (int i = 0; i < 20; ++i) {
    std::vector<double> noise(static_cast<std::size_t>(kTinyShape.noise));
    for (double& e : noise) e = 3 * test::symmetric(random);
    const auto draw = mapper_.draw(input, noise);
    EXPECT_NEAR(draw.weights.sum(), 1, 1e-12);
    EXPECT_GE(draw.weights.minCoeff(), 0);
    EXPECT_LE(draw.step.cwiseAbs().maxCoeff(), kReach);
  }
}

TEST_F(StyleMapperTest, WorksForSomebodyWhoWasNeverAsked) {
  const auto styles = map(0, {.variants = 2});
  ASSERT_EQ(styles.size(), 2u);
  EXPECT_TRUE(styles[0].psi.allFinite());
}

TEST_F(StyleMapperTest, AProposalIsOneStyleInAllItsForms) {
  for (const auto& style : map(6, {.variants = 3})) {
    EXPECT_EQ(style.code.space, "tiny");
    const std::vector<double> z = gallery_.space.project(style.code);
    for (std::size_t k = 0; k < style.z.size(); ++k) EXPECT_NEAR(z[k], style.z[k], 1e-4);
    double share = 0;
    for (const auto& [name, weight] : style.anchors) share += weight;
    EXPECT_NEAR(share, 1, 1e-9);
    EXPECT_TRUE(std::is_sorted(style.anchors.begin(), style.anchors.end(),
                               [](const auto& a, const auto& b) { return a.second > b.second; }));
    const auto answers = gallery_.answers(6);
    EXPECT_DOUBLE_EQ(style.utility.mean, fit(answers).utility(style.psi).mean);
  }
}

TEST_F(StyleMapperTest, TheSameSeedGivesTheSameStyles) {
  EXPECT_EQ(map(5, {.variants = 4, .explore = 0.5, .seed = 7})[3].code,
            map(5, {.variants = 4, .explore = 0.5, .seed = 7})[3].code);
  EXPECT_NE(map(5, {.variants = 4, .explore = 0.5, .seed = 7})[3].code,
            map(5, {.variants = 4, .explore = 0.5, .seed = 8})[3].code);
}

TEST_F(StyleMapperTest, VariantsDiffer) {
  const auto styles = map(6, {.variants = 6});
  ASSERT_EQ(styles.size(), 6u);
  for (std::size_t i = 0; i < styles.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_GT(distance(styles[i], styles[j]), 0.1) << i << " and " << j;
  }
}

TEST_F(StyleMapperTest, ExploringWidens) {
  const auto spread = [&](double explore) {
    double sum = 0;
    std::vector<StyleMapper::Proposal> firsts;
    for (std::uint64_t seed = 1; seed <= 12; ++seed)
      firsts.push_back(map(4, {.explore = explore, .seed = seed})[0]);
    for (const auto& a : firsts) {
      for (const auto& b : firsts) sum += distance(a, b);
    }
    return sum;
  };
  const double none = spread(0), some = spread(0.4), much = spread(1);
  EXPECT_LT(none, 1e-9);
  EXPECT_GT(some, 0.1);
  EXPECT_GT(much, some);
}

TEST_F(StyleMapperTest, AnswersOfTheMoodAskedForCountMore) {
  auto answers = gallery_.answers(4);
  for (auto& answer : answers) answer.mood = "rainy";
  const auto model = fit(answers);
  EXPECT_DOUBLE_EQ(mapper_.input(model, answers, "rainy").weights.maxCoeff(), 1);
  EXPECT_LT(mapper_.input(model, answers, "sunny").weights.maxCoeff(), 0.5);
}

TEST_F(StyleMapperTest, RefusesAnotherSpaceOrOtherFeatures) {
  EXPECT_NO_THROW(mapper_.require_fit("tiny", gallery_.features));
  EXPECT_THAT(expect_error([&] { mapper_.require_fit("other", gallery_.features); }, ErrorCode::BadData,
                           "taste.mapper"),
              ::testing::HasSubstr("'other'"));
  const auto fewer = TasteFeatures::fit(gallery_.space, gallery_.subjects, {"warmth"});
  expect_error([&] { mapper_.require_fit("tiny", fewer); }, ErrorCode::BadData, "taste.mapper");
  const auto other_prior = standard_prior(fewer, fewer.matrix(gallery_.subjects));
  const auto model = PreferenceModel::fit(other_prior, {}, 0);
  expect_error([&] { mapper_.map(model, {}); }, ErrorCode::BadData, "taste.mapper");
}

TEST_F(StyleMapperTest, RefusesImpossibleWishesAndBrokenAnswers) {
  expect_error([&] { map(3, {.variants = 0}); }, ErrorCode::Usage, "taste.map");
  expect_error([&] { map(3, {.variants = 65}); }, ErrorCode::Usage, "taste.map");
  expect_error([&] { map(3, {.explore = 1.5}); }, ErrorCode::Usage, "taste.map");
  auto answers = gallery_.answers(3);
  const auto model = fit(answers);
  answers[0].first[0] = std::numeric_limits<double>::quiet_NaN();
  expect_error([&] { mapper_.map(model, answers); }, ErrorCode::BadData, "taste.answer");
}

class StyleMapperFile : public ::testing::Test {
 protected:
  void refuse(const std::string& id) const {
    expect_error([&] { StyleMapper::load(test::mapper_file(tensors_, metadata_)); }, ErrorCode::BadData, id);
  }

  TinyGallery gallery_ = TinyGallery::make();
  StyleAnchors anchors_ = StyleAnchors::choose(gallery_.space, gallery_.features, gallery_.subjects, 20);
  std::vector<weights::NamedTensor> tensors_ = test::random_mapper_tensors(anchors_, kTinyShape);
  std::map<std::string, std::string> metadata_ =
      mapper_metadata(anchors_, kTinyShape, gallery_.features.names(), kReach, "{}");
};

TEST_F(StyleMapperFile, ReadsBackWhatWasWritten) {
  const auto mapper = StyleMapper::load(test::mapper_file(tensors_, metadata_));
  EXPECT_EQ(mapper.space_id(), "tiny");
  EXPECT_EQ(mapper.features_id(), gallery_.features.id());
  EXPECT_EQ(mapper.anchors().names, anchors_.names);
  EXPECT_EQ(mapper.shape(), kTinyShape);
  EXPECT_DOUBLE_EQ(mapper.reach(), kReach);
  EXPECT_LT((mapper.anchors().psi - anchors_.psi).cwiseAbs().maxCoeff(), 1e-6);
}

TEST_F(StyleMapperFile, RefusesAMissingTensor) {
  std::erase_if(tensors_, [](const auto& t) { return t.name == "head.fc1.bias"; });
  refuse("model.tensors");
}

TEST_F(StyleMapperFile, RefusesLayersThatDoNotFitTheAnchors) {
  for (auto& tensor : tensors_) {
    if (tensor.name != "head.fc2.weight") continue;
    tensor.shape[0] -= 1;
    tensor.values.resize(static_cast<std::size_t>(tensor.shape[0] * tensor.shape[1]));
  }
  refuse("model.tensors");
}

TEST_F(StyleMapperFile, RefusesBrokenMetadata) {
  metadata_["anchors"] = "[1, 2]";
  refuse("taste.mapper");
  metadata_["anchors"] = "[\"only-one\"]";
  refuse("taste.mapper");
  metadata_.erase("space");
  refuse("taste.mapper");
}

TEST_F(StyleMapperFile, RefusesAFileOfANewerProgram) {
  metadata_["mapper"] = "2";
  refuse("model.version");
}

TEST_F(StyleMapperFile, RefusesAnyOtherTensorFile) {
  tensors_ = {{.name = "conv.weight", .shape = {1}, .values = {1}}};
  metadata_ = {};
  refuse("taste.mapper");
}

using StyleAnchorsTest = StyleMapperFile;

TEST_F(StyleAnchorsTest, AnAnchorAloneIsTheGalleryStyle) {
  for (int i = 0; i < anchors_.count(); ++i) {
    const auto place = anchors_.at(Eigen::VectorXd::Unit(anchors_.count(), i), Eigen::VectorXd::Zero(6));
    const auto found = std::find_if(gallery_.subjects.begin(), gallery_.subjects.end(), [&](const auto& s) {
      return s.style == anchors_.names[static_cast<std::size_t>(i)];
    });
    ASSERT_NE(found, gallery_.subjects.end());
    EXPECT_EQ(place.code, found->code);
    EXPECT_LT((place.psi - gallery_.features.psi(*found)).norm(), 1e-9);
  }
}

TEST_F(StyleAnchorsTest, MedoidsAreDistinctAndAsManyAsAsked) {
  EXPECT_EQ(anchors_.count(), 20);
  auto names = anchors_.names;
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  EXPECT_EQ(StyleAnchors::choose(gallery_.space, gallery_.features, gallery_.subjects, 500).count(), 30);
}

TEST_F(StyleAnchorsTest, AStepMovesCodeAndFeaturesAlike) {
  const Eigen::VectorXd weights = Eigen::VectorXd::Constant(20, 0.05),
                        step = Eigen::VectorXd::Constant(6, 0.2);
  const auto still = anchors_.at(weights, Eigen::VectorXd::Zero(6)), moved = anchors_.at(weights, step);
  const auto before = gallery_.space.project(still.code), after = gallery_.space.project(moved.code);
  for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(after[k] - before[k], 0.2, 1e-4);
  EXPECT_NEAR(moved.psi[0] - still.psi[0], 0.2, 1e-9);
}

TEST_F(StyleAnchorsTest, KnowsWhatLiesOutsideTheKnownStyles) {
  EXPECT_EQ(anchors_.outside(anchors_.centre), 0);
  EXPECT_GT(anchors_.outside(anchors_.centre + Eigen::VectorXd::Constant(6, 10)), 100);
  int outside = 0;
  for (const auto& subject : gallery_.subjects) {
    const auto z = gallery_.space.project(subject.code);
    outside += anchors_.outside(Eigen::Map<const Eigen::VectorXd>(z.data(), 6)) > 0 ? 1 : 0;
  }
  EXPECT_LE(outside, 2);
}

TEST_F(StyleAnchorsTest, AStepIsDrawnBackToTheKnownStylesAndNotFurther) {
  std::mt19937_64 random(2);
  int drawn_back = 0;
  for (int i = 0; i < anchors_.count(); ++i) {
    const Eigen::VectorXd weights = Eigen::VectorXd::Unit(anchors_.count(), i);
    Eigen::VectorXd step(6);
    for (double& s : step) s = 2 * test::symmetric(random);
    const Eigen::VectorXd kept = anchors_.drawn_back(weights, step);
    const double unavoidable = anchors_.outside(anchors_.z.row(i).transpose());
    EXPECT_LE(anchors_.outside(anchors_.at(weights, kept).z), unavoidable + 1e-9);
    if (anchors_.outside(anchors_.at(weights, step).z) <= unavoidable) {
      EXPECT_EQ(kept, step);
    } else {
      ++drawn_back;
    }
    EXPECT_LT(anchors_.drawn_back(weights, Eigen::VectorXd::Zero(6)).norm(), 1e-9);
  }
  EXPECT_GT(drawn_back, 3);
}

}  // namespace
}  // namespace atelier::personalization
