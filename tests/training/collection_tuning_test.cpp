#include "atelier/training/collection_tuning.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <numeric>
#include <set>

#include "atelier/training/detail/adaptive_augmentation.h"
#include "atelier/training/detail/collection_game.h"
#include "atelier/training/tuning_split.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::training {
namespace {

using test::expect_error;

class CollectionTuning : public testing::Test {
 protected:
  CollectionTuning()
      : bundle_(model::ModelBundle::open(test::write_tiny_bundle(folder_))),
        photos_{test::synthetic_photo(80, 72, 1)} {
    for (unsigned i = 0; i < 8; ++i) works_.push_back(test::synthetic_photo(80, 72, 20 + i));
  }

  TunedCollection tune(int steps) const {
    CollectionTuningOptions options;
    options.steps = steps;
    return tune_collection(*bundle_, works_, photos_, options);
  }

  test::TempDir folder_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  std::vector<Image> works_, photos_;
};

TEST_F(CollectionTuning, ComesNearerToTheWorksWithoutLosingThePhoto) {
  const TunedCollection tuned = tune(16);
  ASSERT_TRUE(tuned.learned());
  EXPECT_LT(tuned.after.style, tuned.before.style);
  EXPECT_LE(tuned.after.content, tuned.before.content * 1.051);
  EXPECT_NE(tuned.code, tuned.mean_code);
  EXPECT_FALSE(tuned.delta.modulation.empty());
  EXPECT_FALSE(tuned.delta.layers.empty());
  tuned.delta.require_fits(bundle_->manifest(), "test");
  EXPECT_EQ(tuned.steps, 16);
  EXPECT_GT(tuned.games, 8);
  EXPECT_LT(tuned.games, 16);
}

TEST_F(CollectionTuning, MovesEveryWorksCodeAsItMovesTheMean) {
  const TunedCollection tuned = tune(4);
  ASSERT_EQ(tuned.work_codes.size(), works_.size());
  const StyleCode like = tuned.code_like(3);
  EXPECT_EQ(like.space, bundle_->manifest().space_id);
  for (std::size_t i = 0; i < like.values.size(); ++i) {
    double mean = 0;
    for (const StyleCode& code : tuned.work_codes) mean += code.values[i] / 8.0;
    EXPECT_NEAR(tuned.mean_code.values[i], mean, 1e-4);
    EXPECT_NEAR(like.values[i] - tuned.work_codes[3].values[i],
                tuned.code.values[i] - tuned.mean_code.values[i], 1e-5);
  }
}

TEST_F(CollectionTuning, RepeatsItselfWhenItsLengthIsInSteps) {
  const TunedCollection once = tune(3), again = tune(3);
  ASSERT_TRUE(once.learned());
  EXPECT_EQ(once.code, again.code);
  EXPECT_EQ(once.delta.modulation, again.delta.modulation);
}

TEST_F(CollectionTuning, RefusesWhatHoldsTooLittleToLearn) {
  works_.pop_back();
  expect_error([&] { tune(1); }, ErrorCode::BadData, "collection.too_few");
  works_.push_back(Image(8, 8));
  expect_error([&] { tune(1); }, ErrorCode::BadData, "style.too_small");
  works_.back() = test::synthetic_photo(80, 72, 40);
  photos_.clear();
  expect_error([&] { tune(1); }, ErrorCode::Usage, "tuning.pictures");
}

TEST(TuningSplit, KeepsAFifthOfTheWorksAsideAndNeverTrainsOnThem) {
  for (const auto& [works, aside, teaching] : std::vector<std::array<std::size_t, 3>>{
           {10, 2, 8}, {13, 2, 11}, {50, 10, 40}, {340, 40, 300}, {5000, 40, 300}}) {
    const TuningSplit split = split_works(works, 7);
    EXPECT_EQ(split.held_out.size(), aside);
    EXPECT_EQ(split.training.size(), teaching);
    std::set<std::size_t> all(split.training.begin(), split.training.end());
    all.insert(split.held_out.begin(), split.held_out.end());
    EXPECT_EQ(all.size(), aside + teaching);
    EXPECT_LT(*all.rbegin(), works);
  }
  EXPECT_EQ(split_works(50, 7).held_out, split_works(50, 7).held_out);
  EXPECT_NE(split_works(50, 7).held_out, split_works(50, 8).held_out);
}

TEST(TuningSplit, HoldsOutEveryFourthPhotoOrSharesFew) {
  EXPECT_EQ(split_contents(9).held_out, (std::vector<std::size_t>{3, 7}));
  EXPECT_EQ(split_contents(9).training.size(), 7u);
  EXPECT_EQ(split_contents(3).held_out, split_contents(3).training);
}

TEST(AdaptiveAugmentation, AltersMoreWhileTheDiscriminatorIsSureOfRealPictures) {
  AdaptiveAugmentation adaptive;
  const at::Tensor pictures = torch::rand({3, 3, 32, 32});
  const auto random = [] { return at::detail::createCPUGenerator(3); };
  EXPECT_TRUE(torch::equal(adaptive(pictures, random()), pictures));

  for (int i = 0; i < 60; ++i) adaptive.follow({torch::ones({2, 1, 4, 4}), torch::ones({2, 1, 2, 2})});
  const double sure = adaptive.probability();
  EXPECT_GT(sure, 0.2);
  for (int i = 0; i < 400; ++i) adaptive.follow({torch::ones({2, 1, 4, 4})});
  EXPECT_DOUBLE_EQ(adaptive.probability(), AdaptiveAugmentation::kMost);
  const at::Tensor altered = adaptive(pictures, random());
  EXPECT_EQ(altered.sizes(), pictures.sizes());
  EXPECT_FALSE(torch::equal(altered, pictures));

  for (int i = 0; i < 60; ++i) adaptive.follow({-torch::ones({2, 1, 4, 4})});
  EXPECT_LT(adaptive.probability(), AdaptiveAugmentation::kMost);
}

TEST(AdaptiveAugmentation, LetsGradientsThrough) {
  AdaptiveAugmentation adaptive;
  for (int i = 0; i < 400; ++i) adaptive.follow({torch::ones({1, 1, 2, 2})});
  const at::Tensor pictures = torch::rand({4, 3, 32, 32}).requires_grad_();
  adaptive(pictures, at::detail::createCPUGenerator(1)).square().sum().backward();
  EXPECT_GT(pictures.grad().abs().sum().item<double>(), 0);
}

TEST(CollectionGame, LearnsToTellWorksFromPaintings) {
  constexpr std::int64_t side = CollectionGame::kWindow;
  CollectionGame game(false, 1);
  // Stripes of two widths: a matter of strokes.
  const at::Tensor line = torch::arange(side).to(torch::kFloat32);
  const auto stripes = [&](double width) {
    return (line / width).floor().remainder(2).mul(0.5).add(0.25).expand({2, 3, side, side}).contiguous();
  };
  at::Tensor paintings = stripes(4).requires_grad_();
  for (int i = 0; i < 20; ++i) game.teach(stripes(16), paintings);
  EXPECT_EQ(game.games(), 20);
  EXPECT_GT(game.accuracy(), 0.6);
  EXPECT_GT(game.persuade(paintings).item<double>(), game.persuade(stripes(16)).item<double>());
  game.persuade(paintings).backward();
  EXPECT_GT(paintings.grad().abs().sum().item<double>(), 0);
}

TEST(CollectionGame, AugmentsOnlyWhenAsked) {
  const at::Tensor light = torch::rand({2, 3, 128, 128}) * 0.2 + 0.8,
                   dark = torch::rand({2, 3, 128, 128}) * 0.2;
  for (const bool adaptive : {false, true}) {
    CollectionGame game(adaptive, 1);
    for (int i = 0; i < 20; ++i) game.teach(light, dark);
    EXPECT_EQ(game.augmentation() > 0, adaptive);
  }
}

}  // namespace
}  // namespace atelier::training
