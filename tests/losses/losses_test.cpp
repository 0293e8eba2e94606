#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <cmath>

#include "atelier/losses/adversarial_loss.h"
#include "atelier/losses/diff_augment.h"
#include "atelier/losses/gradient_penalty.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/losses/pixel_losses.h"
#include "atelier/losses/quiet_guard.h"
#include "atelier/losses/shift_consistency.h"
#include "atelier/nn/feature_statistics.h"
#include "support/check_gradients.h"
#include "support/expect_error.h"
#include "support/tensor_matchers.h"

namespace atelier::losses {
namespace {

using test::gradients_match;
using test::tensors_equal;
using test::tensors_near;

at::Tensor random_double(std::vector<std::int64_t> sizes) {
  return torch::rand(sizes, torch::kDouble);
}
double number(const at::Tensor& t) {
  return t.item<double>();
}

/// Every test starts from the same random numbers.
class Losses : public ::testing::Test {
 protected:
  Losses() { torch::manual_seed(1); }
};

using ContentLossTest = Losses;

TEST_F(ContentLossTest, IsZeroForTheSameStructureInAnotherContrast) {
  const at::Tensor c = random_double({2, 5, 8, 8});
  EXPECT_EQ(number(ContentLoss()(c, c)), 0);
  EXPECT_LT(number(ContentLoss()(c * 2 + 3, c)), 1e-3);
  EXPECT_GT(number(ContentLoss()(random_double({2, 5, 8, 8}), c)), 0.5);
}

TEST_F(ContentLossTest, IsThePlainFormula) {
  const at::Tensor y = random_double({2, 3, 6, 5}), c = random_double({2, 3, 6, 5});
  const auto m = [](const at::Tensor& t) {
    const at::Tensor centred = t - t.mean({2, 3}, true);
    return centred / torch::sqrt(centred.square().mean({2, 3}, true) + 1e-3);
  };
  EXPECT_NEAR(number(ContentLoss()(y, c)), number((m(y) - m(c)).square().mean()), 1e-9);
  const at::Tensor weight = torch::tensor({0.0, 3.0}, torch::kDouble);
  EXPECT_NEAR(number(ContentLoss()(y, c, weight)),
              1.5 * number((m(y[1].unsqueeze(0)) - m(c[1].unsqueeze(0))).square().mean()), 1e-9);
}

TEST_F(ContentLossTest, OfPlainFeaturesIsTheSquaredDistanceOverThePhotosVariance) {
  const at::Tensor y = random_double({2, 3, 6, 5}), c = random_double({2, 3, 6, 5});
  at::Tensor expected = torch::zeros({}, torch::kDouble);
  for (int n = 0; n < 2; ++n)
    expected = expected + (y[n] - c[n]).square().mean() / ((c[n] - c[n].mean()).square().mean() + 1e-6) / 2;
  EXPECT_NEAR(number(ContentLoss{.standardised = false}(y, c)), number(expected), 1e-9);
  EXPECT_GT(number(ContentLoss{.standardised = false}(c * 2 + 3, c)), 0.5);
}

TEST_F(ContentLossTest, GradientsMatchFiniteDifferences) {
  at::Tensor y = random_double({2, 3, 6, 5}).requires_grad_();
  const at::Tensor c = random_double({2, 3, 6, 5}), weight = random_double({2});
  EXPECT_TRUE(gradients_match([&] { return ContentLoss()(y, c, weight); }, {y}));
}

using StyleLossTest = Losses;

std::vector<at::Tensor> two_taps() {
  return {random_double({2, 3, 8, 8}), random_double({2, 5, 4, 4})};
}

TEST_F(StyleLossTest, MomentsAndGramAreZeroAtTheTargetAndPositiveAway) {
  const auto s = nn::layer_statistics(two_taps()), y = nn::layer_statistics(two_taps());
  EXPECT_EQ(number(MomentLoss()(s, s)), 0);
  EXPECT_EQ(number(GramLoss()(s, s)), 0);
  EXPECT_GT(number(MomentLoss()(y, s)), 1e-4);
  EXPECT_GT(number(GramLoss()(y, s)), 1e-4);
}

TEST_F(StyleLossTest, MomentsAndGramDoNotSeeWhereThingsAre) {
  const std::vector<at::Tensor> taps = two_taps();
  const auto s = nn::layer_statistics(taps),
             moved = nn::layer_statistics({taps[0].roll({3, 5}, {2, 3}), taps[1].flip(3)});
  EXPECT_LT(number(MomentLoss()(moved, s)), 1e-12);
  EXPECT_LT(number(GramLoss()(moved, s)), 1e-12);
}

TEST_F(StyleLossTest, MomentsAndGramArePlainFormulas) {
  const auto s = nn::layer_statistics(two_taps()), y = nn::layer_statistics(two_taps());
  double moments = 0, gram = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::int64_t n = 0; n < 2; ++n) {
      const auto energy = [&](const at::Tensor& t) { return number(t[n].square().sum()); };
      moments += 0.5 * (energy(y[i].mean - s[i].mean) + energy(y[i].std - s[i].std)) /
                 (energy(s[i].mean) + energy(s[i].std));
      gram += 0.5 * energy(y[i].gram - s[i].gram) / energy(s[i].gram);
    }
  }
  EXPECT_NEAR(number(MomentLoss()(y, s)), moments, 1e-5 * moments);
  EXPECT_NEAR(number(GramLoss()(y, s)), gram, 1e-5 * gram);
}

TEST_F(StyleLossTest, GradientsMatchFiniteDifferences) {
  std::vector<at::Tensor> y = two_taps();
  for (at::Tensor& tap : y) tap.requires_grad_();
  const auto s = nn::layer_statistics(two_taps());
  EXPECT_TRUE(gradients_match([&] { return MomentLoss()(nn::layer_statistics(y), s); }, y));
  EXPECT_TRUE(gradients_match([&] { return GramLoss()(nn::layer_statistics(y), s); }, y));
}

TEST_F(StyleLossTest, SlicedWassersteinComparesDistributionsNotPlaces) {
  const SlicedWassersteinLoss loss(32);
  const at::Tensor directions = SlicedWassersteinLoss::directions(8, 4, 5).to(torch::kDouble);
  const at::Tensor s = random_double({2, 4, 6, 6});
  const at::Tensor target = loss.quantiles(s, directions);
  ASSERT_EQ(test::shape(target), (std::vector<std::int64_t>{2, 8, 32}));
  EXPECT_LT(number(loss(loss.quantiles(s.flip({2, 3}), directions), target)), 1e-20);
  EXPECT_GT(number(loss(loss.quantiles(s * 0.5, directions), target)), 0.01);
  // The same mean and spread, another shape: only a loss over whole distributions sees it.
  const at::Tensor two_valued = torch::where(s > 0.5, torch::ones_like(s), torch::zeros_like(s));
  const at::Tensor matched = (two_valued - two_valued.mean({2, 3}, true)) *
                                 (s.std({2, 3}, true, true) / two_valued.std({2, 3}, true, true)) +
                             s.mean({2, 3}, true);
  EXPECT_GT(number(loss(loss.quantiles(matched, directions), target)), 1e-3);
}

TEST_F(StyleLossTest, SlicedWassersteinIsThePlainFormula) {
  const SlicedWassersteinLoss loss(3);
  const at::Tensor y =
      loss.quantiles(torch::tensor({4.0, 1.0, 3.0, 2.0, 9.0}, torch::kDouble).view({1, 1, 1, 5}),
                     torch::ones({1, 1}, torch::kDouble));
  EXPECT_TRUE(tensors_equal(y.flatten(), torch::tensor({1.0, 3.0, 9.0}, torch::kDouble)))
      << "smallest, median, largest";
  const at::Tensor s = torch::tensor({0.0, 3.0, 6.0}, torch::kDouble).view({1, 1, 3});
  EXPECT_NEAR(number(loss(y, s)), (1.0 + 0 + 9) / 3 / 6, 1e-6);
}

TEST_F(StyleLossTest, DirectionsAreUnitVectorsThatRepeat) {
  const at::Tensor d = SlicedWassersteinLoss::directions(16, 7, 3);
  EXPECT_TRUE(tensors_near(d.norm(2, 1), torch::ones({16}), 1e-6));
  EXPECT_TRUE(tensors_equal(SlicedWassersteinLoss::directions(16, 7, 3), d));
  EXPECT_FALSE(tensors_near(SlicedWassersteinLoss::directions(16, 7, 4), d, 0.1));
}

TEST_F(StyleLossTest, SlicedWassersteinGradientsMatchFiniteDifferences) {
  const SlicedWassersteinLoss loss(16);
  const at::Tensor directions = SlicedWassersteinLoss::directions(4, 3, 5).to(torch::kDouble);
  at::Tensor y = random_double({2, 3, 5, 5}).requires_grad_();
  const at::Tensor target = loss.quantiles(random_double({2, 3, 7, 4}), directions);
  EXPECT_TRUE(gradients_match([&] { return loss(loss.quantiles(y, directions), target); }, {y}));
}

TEST_F(StyleLossTest, CodeConsistencyIsTheRelativeMiss) {
  const at::Tensor code = torch::tensor({{3.0, 4.0}, {0.0, 2.0}}, torch::kDouble);
  EXPECT_EQ(number(CodeConsistencyLoss()(code, code)), 0);
  EXPECT_NEAR(
      number(CodeConsistencyLoss()(code + torch::tensor({{1.0, 0.0}, {0.0, 2.0}}, torch::kDouble), code)),
      (1.0 / 25 + 1) / 2, 1e-6);
  at::Tensor y = torch::randn({2, 2}, torch::kDouble).requires_grad_();
  EXPECT_TRUE(gradients_match([&] { return CodeConsistencyLoss()(y, code); }, {y}));
}

using PixelLossTest = Losses;

TEST_F(PixelLossTest, IdentityIsTheMeanDifference) {
  const at::Tensor c = random_double({2, 3, 8, 8});
  EXPECT_EQ(number(IdentityLoss()(c, c)), 0);
  EXPECT_NEAR(number(IdentityLoss()(c + 0.25, c)), 0.25, 1e-12);
  at::Tensor y = random_double({2, 3, 8, 8}).requires_grad_();
  EXPECT_TRUE(gradients_match([&] { return IdentityLoss()(y, c); }, {y}));
}

TEST_F(PixelLossTest, TotalVariationMeasuresSlopes) {
  EXPECT_EQ(number(TotalVariationLoss()(torch::full({1, 3, 8, 8}, 0.4))), 0);
  const at::Tensor ramp = (torch::arange(8, torch::kDouble) * 0.1).view({1, 1, 1, 8}) +
                          (torch::arange(6, torch::kDouble) * 0.02).view({1, 1, 6, 1});
  EXPECT_NEAR(number(TotalVariationLoss()(ramp)), 0.12, 1e-12);
  at::Tensor y = random_double({1, 3, 6, 7}).requires_grad_();
  EXPECT_TRUE(gradients_match([&] { return TotalVariationLoss()(y); }, {y}));
}

TEST_F(PixelLossTest, StructureGuardSeesCoarseLightAndShadeOnly) {
  const at::Tensor c = test::photo_tensor(96, 64, 3).to(torch::kDouble);
  EXPECT_EQ(number(StructureGuard()(c, c)), 0);
  EXPECT_LT(number(StructureGuard()(c + 0.2, c)), 1e-12) << "a brighter painting keeps its structure";
  EXPECT_GT(number(StructureGuard()(1 - c, c)), 1) << "a negative does not";
  const at::Tensor fine =
      ((torch::arange(64).view({64, 1}) + torch::arange(96)) % 2).to(torch::kDouble).view({1, 1, 64, 96}) *
          0.2 -
      0.1;
  EXPECT_LT(number(StructureGuard()(c + fine, c)), 1e-6) << "brush strokes are free";
  at::Tensor y = random_double({2, 3, 48, 32}).requires_grad_();
  const at::Tensor other = random_double({2, 3, 48, 32});
  EXPECT_TRUE(gradients_match([&] { return StructureGuard()(y, other); }, {y}));
}

TEST_F(PixelLossTest, HaloGuardSeesBrightSeamsAlongEdgesThatThePhotoDoesNotHave) {
  at::Tensor photo = torch::full({1, 3, 40, 40}, 0.2, torch::kDouble);
  photo.narrow(3, 20, 20).fill_(0.8);
  EXPECT_EQ(number(HaloGuard()(photo, photo)), 0);
  at::Tensor seam = photo.clone();
  seam.narrow(3, 14, 3).fill_(1.0);
  EXPECT_GT(number(HaloGuard()(seam, photo)), 1e-3);
  at::Tensor far = photo.clone();
  far.narrow(3, 3, 3).fill_(1.0);
  EXPECT_EQ(number(HaloGuard()(far, photo)), 0) << "away from edges strokes are free";
  at::Tensor y = (seam + random_double({1, 3, 40, 40}) * 0.01).requires_grad_();
  EXPECT_TRUE(gradients_match([&] { return HaloGuard()(y, photo); }, {y}));
}

TEST_F(PixelLossTest, ColourGuardSeesAGlowInAnEvenSkyWhateverItsColour) {
  at::Tensor photo = torch::full({1, 3, 96, 96}, 0.6, torch::kDouble);
  photo.narrow(2, 64, 32).fill_(0.1);
  at::Tensor recoloured = photo.clone();
  recoloured.select(1, 0).mul_(0.5).add_(0.3);
  EXPECT_LT(number(ColourGuard()(recoloured, photo)), 1e-9) << "a new palette is free";
  const auto glow = [&](int channel) {
    at::Tensor painting = photo.clone();
    painting.select(1, channel).narrow(1, 16, 32).narrow(2, 32, 32).add_(0.3);
    return number(ColourGuard()(painting, photo));
  };
  EXPECT_GT(glow(0), 0.05);
  EXPECT_GT(glow(2), 0.05);
  const at::Tensor strokes =
      ((torch::arange(96, torch::kDouble) / 4).floor().remainder(2) * 0.2 - 0.1).view({1, 1, 1, 96});
  EXPECT_LT(number(ColourGuard()(photo + strokes, photo)), 1e-6) << "strokes are free";
}

TEST_F(PixelLossTest, GridGuardSeesWhatRepeatsWithTheStrideAndNothingElse) {
  const at::Tensor photo = test::photo_tensor(128, 128, 3).to(torch::kDouble);
  const double own = number(GridGuard()(photo));
  const auto wave = [](int period) {
    const at::Tensor x = torch::arange(128, torch::kDouble) * (2 * M_PI / period);
    return torch::cos(x).view({1, 1, 1, 128}) * 0.05;
  };
  for (const int period : {2, 4, 8}) {
    EXPECT_GT(number(GridGuard()(photo + wave(period))), own + 0.02) << period;
  }
  EXPECT_LT(number(GridGuard()(photo + wave(7))), own + 0.005) << "a texture of another period is free";
  EXPECT_NEAR(number(GridGuard()(wave(4).expand({1, 3, 128, 128}) * 10)), 1, 0.01);
  EXPECT_NEAR(number(GridGuard()(random_double({4, 3, 128, 128}))), 1.0 / 64, 0.002) << "noise";
  EXPECT_GE(number(GridGuard()(random_double({1, 3, 20, 40}))), 0) << "small pictures have a smaller window";
}

TEST_F(PixelLossTest, QuietGuardMindsBrushMarksInAnEvenSkyUnlessTheStyleHasThemEverywhere) {
  const at::Tensor x = torch::arange(128, torch::kDouble).view({1, 1, 1, 128});
  const at::Tensor marks = torch::cos(x * (2 * M_PI / 12)).expand({1, 3, 128, 128}) * 0.1;
  const at::Tensor sky = (x * 0.001 + 0.4).expand({1, 3, 128, 128});
  // A style that is half smooth has a quiet level near zero, one of marks everywhere their own strength.
  at::Tensor half = sky + marks;
  half.narrow(2, 64, 64).copy_(sky.narrow(2, 64, 64));
  const at::Tensor smooth = QuietGuard::level(half), lively = QuietGuard::level(sky + marks);
  EXPECT_LT(number(smooth), 0.005);
  EXPECT_NEAR(number(lively), 0.1 / std::sqrt(2.0), 0.02);

  EXPECT_LT(number(QuietGuard()(sky * 0.5 + 0.3, sky, smooth)), 1e-6) << "other colours are free";
  EXPECT_GT(number(QuietGuard()(sky + marks, sky, smooth)), 2) << "marks in the sky of a smooth style";
  EXPECT_LT(number(QuietGuard()(sky + marks, sky, lively)), 0.05) << "marks in the sky of a lively style";
  EXPECT_LT(number(QuietGuard()(sky + marks, sky + marks, smooth)), 1e-6) << "the photo is busy there itself";
  at::Tensor y = (sky + marks).narrow(2, 0, 32).narrow(3, 0, 32).clone().requires_grad_();
  const at::Tensor piece = sky.narrow(2, 0, 32).narrow(3, 0, 32);
  EXPECT_TRUE(gradients_match([&] { return QuietGuard()(y, piece, smooth); }, {y}));
}

using ShiftConsistencyTest = Losses;

TEST_F(ShiftConsistencyTest, MovesPicturesByWholePixels) {
  const at::Tensor c = random_double({1, 3, 10, 12});
  const at::Tensor moved = ShiftConsistencyLoss::shifted(c, 3, -2);
  ASSERT_EQ(moved.sizes(), c.sizes());
  EXPECT_TRUE(tensors_equal(moved.narrow(2, 0, 8).narrow(3, 3, 9), c.narrow(2, 2, 8).narrow(3, 0, 9)));
  EXPECT_TRUE(tensors_equal(moved.narrow(2, 9, 1).narrow(3, 3, 9), c.narrow(2, 9, 1).narrow(3, 0, 9)))
      << "edges repeat";
  EXPECT_TRUE(tensors_equal(ShiftConsistencyLoss::shifted(c, 0, 0), c));
}

TEST_F(ShiftConsistencyTest, IsZeroForAPainterThatMovesWithThePhoto) {
  const auto painter = [](const at::Tensor& x) { return torch::avg_pool2d(x, 5, 1, 2).square(); };
  const auto restless = [&](const at::Tensor& x) {
    return painter(x) + torch::linspace(0, 1, x.size(3), torch::kDouble);
  };
  const at::Tensor c = random_double({2, 3, 60, 64});
  for (const auto& [dx, dy] : std::vector<std::pair<int, int>>{{5, -3}, {-7, 7}, {0, 2}, {0, 0}}) {
    const at::Tensor moved = ShiftConsistencyLoss::shifted(c, dx, dy);
    EXPECT_LT(number(ShiftConsistencyLoss()(painter(c), painter(moved), dx, dy)), 1e-20) << dx << ' ' << dy;
    if (dx != 0) {
      EXPECT_GT(number(ShiftConsistencyLoss()(restless(c), restless(moved), dx, dy)), 1e-4);
      EXPECT_GT(number(ShiftConsistencyLoss()(painter(c), painter(moved), -dx, dy)), 1e-6)
          << "moved the wrong way";
    }
  }
}

TEST_F(ShiftConsistencyTest, GradientsMatchFiniteDifferences) {
  at::Tensor y = random_double({1, 3, 20, 20}).requires_grad_(),
             moved = random_double({1, 3, 20, 20}).requires_grad_();
  EXPECT_TRUE(gradients_match([&] { return ShiftConsistencyLoss(2)(y, moved, 3, -1); }, {y, moved}));
}

class AdversarialLossTest : public Losses {
 protected:
  using Kind = AdversarialLoss::Kind;
  static constexpr std::array<Kind, 5> kKinds = {Kind::Bce, Kind::Saturating, Kind::Lsgan, Kind::Hinge,
                                                 Kind::Relativistic};

  static std::vector<at::Tensor> logits() {
    return {torch::randn({2, 1, 4, 4}, torch::kDouble), torch::randn({2, 1, 2, 2}, torch::kDouble)};
  }
  static std::vector<at::Tensor> all(double value) {
    return {torch::full({2, 1, 4, 4}, value, torch::kDouble),
            torch::full({2, 1, 2, 2}, value, torch::kDouble)};
  }
  /// Mean over scales of the mean over patches of f(real, fake).
  template <typename F>
  static double mean_over(const std::vector<at::Tensor>& real, const std::vector<at::Tensor>& fake, F f) {
    double total = 0;
    for (std::size_t s = 0; s < real.size(); ++s) {
      const at::Tensor r = real[s].flatten(), q = fake[s].flatten();
      for (std::int64_t i = 0; i < r.numel(); ++i)
        total += f(number(r[i]), number(q[i])) / static_cast<double>(r.numel());
    }
    return total / static_cast<double>(real.size());
  }
  static double log_sigmoid(double x) { return -std::log1p(std::exp(-x)); }
};

TEST_F(AdversarialLossTest, NamesAreKnownAndOthersRefused) {
  EXPECT_EQ(AdversarialLoss::parse("bce"), Kind::Bce);
  EXPECT_EQ(AdversarialLoss::parse("saturating"), Kind::Saturating);
  EXPECT_EQ(AdversarialLoss::parse("lsgan"), Kind::Lsgan);
  EXPECT_EQ(AdversarialLoss::parse("hinge"), Kind::Hinge);
  EXPECT_EQ(AdversarialLoss::parse("relativistic"), Kind::Relativistic);
  EXPECT_THAT(
      test::expect_error([] { AdversarialLoss::parse("wgan"); }, ErrorCode::Config, "config.adversarial"),
      ::testing::HasSubstr("wgan"));
}

TEST_F(AdversarialLossTest, TheGameIsWorthMinusTwoLogTwoAtChanceAndNothingWhenTheJudgeWins) {
  EXPECT_NEAR(AdversarialLoss::value(all(0), all(0)), -2 * std::log(2.0), 1e-12);
  EXPECT_NEAR(AdversarialLoss::value(all(30), all(-30)), 0, 1e-9);
  const auto real = logits(), fake = logits();
  EXPECT_NEAR(
      AdversarialLoss::value(real, fake),
      mean_over(real, fake,
                [](double r, double f) { return log_sigmoid(r) + std::log(1 - 1 / (1 + std::exp(-f))); }),
      1e-9);
}

TEST_F(AdversarialLossTest, JudgesLossesAreThePlainFormulas) {
  const auto real = logits(), fake = logits();
  const auto d = [&](Kind kind) { return number(AdversarialLoss(kind).discriminator(real, fake)); };
  const double bce =
      mean_over(real, fake, [](double r, double f) { return -log_sigmoid(r) - log_sigmoid(-f); });
  EXPECT_NEAR(d(Kind::Bce), bce, 1e-9);
  EXPECT_NEAR(d(Kind::Bce), -AdversarialLoss::value(real, fake), 1e-9);
  EXPECT_NEAR(d(Kind::Saturating), bce, 1e-9);
  EXPECT_NEAR(d(Kind::Lsgan),
              mean_over(real, fake, [](double r, double f) { return (r - 1) * (r - 1) + f * f; }), 1e-9);
  EXPECT_NEAR(
      d(Kind::Hinge),
      mean_over(real, fake, [](double r, double f) { return std::max(0.0, 1 - r) + std::max(0.0, 1 + f); }),
      1e-9);
  EXPECT_NEAR(d(Kind::Relativistic),
              mean_over(real, fake, [](double r, double f) { return -log_sigmoid(r - f); }), 1e-9);
}

TEST_F(AdversarialLossTest, PaintersLossesAreThePlainFormulas) {
  const auto real = logits(), fake = logits();
  const auto g = [&](Kind kind) { return number(AdversarialLoss(kind).generator(fake, real)); };
  EXPECT_NEAR(g(Kind::Bce), mean_over(real, fake, [](double, double f) { return -log_sigmoid(f); }), 1e-9);
  EXPECT_NEAR(g(Kind::Saturating), mean_over(real, fake, [](double, double f) { return log_sigmoid(-f); }),
              1e-9);
  EXPECT_NEAR(g(Kind::Lsgan), mean_over(real, fake, [](double, double f) { return (f - 1) * (f - 1); }),
              1e-9);
  EXPECT_NEAR(g(Kind::Hinge), mean_over(real, fake, [](double, double f) { return -f; }), 1e-9);
  EXPECT_NEAR(g(Kind::Relativistic),
              mean_over(real, fake, [](double r, double f) { return -log_sigmoid(f - r); }), 1e-9);
}

TEST_F(AdversarialLossTest, RejectedPicturesCountAsFakes) {
  const auto fake = logits();
  EXPECT_NEAR(number(AdversarialLoss(Kind::Bce).reject(fake)),
              mean_over(fake, fake, [](double, double f) { return -log_sigmoid(-f); }), 1e-9);
  EXPECT_NEAR(number(AdversarialLoss(Kind::Lsgan).reject(fake)),
              mean_over(fake, fake, [](double, double f) { return f * f; }), 1e-9);
  EXPECT_NEAR(number(AdversarialLoss(Kind::Hinge).reject(fake)),
              mean_over(fake, fake, [](double, double f) { return std::max(0.0, 1 + f); }), 1e-9);
}

TEST_F(AdversarialLossTest, SaturatingAndNonSaturatingFormsPullTheSameWay) {
  const auto gradient = [](Kind kind, const at::Tensor& start) {
    at::Tensor fake = start.clone().requires_grad_();
    AdversarialLoss(kind).generator({fake}, {}).backward();
    return fake.grad();
  };
  const at::Tensor start = torch::randn({1, 1, 6, 6}, torch::kDouble) * 3;
  EXPECT_TRUE((gradient(Kind::Saturating, start) * gradient(Kind::Bce, start) > 0).all().item<bool>());
  // When the judge is sure of a fake, the formula to the letter has next to no slope; the default has.
  const at::Tensor hopeless = torch::full({1, 1, 1, 1}, -8.0, torch::kDouble);
  EXPECT_LT(std::abs(number(gradient(Kind::Saturating, hopeless).sum())), 1e-3);
  EXPECT_GT(std::abs(number(gradient(Kind::Bce, hopeless).sum())), 0.99);
}

TEST_F(AdversarialLossTest, GradientsMatchFiniteDifferences) {
  for (const Kind kind : kKinds) {
    const AdversarialLoss loss(kind);
    auto real = logits(), fake = logits();
    for (std::size_t s = 0; s < 2; ++s) {
      real[s].requires_grad_();
      fake[s].requires_grad_();
    }
    const int name = static_cast<int>(kind);
    EXPECT_TRUE(
        gradients_match([&] { return loss.discriminator(real, fake); }, {real[0], real[1], fake[0], fake[1]}))
        << name;
    EXPECT_TRUE(gradients_match([&] { return loss.generator(fake, real); }, fake)) << name;
    EXPECT_TRUE(gradients_match([&] { return loss.reject(fake); }, fake)) << name;
  }
}

TEST_F(AdversarialLossTest, ThePainterCannotMoveTheRealPicturesVerdict) {
  auto real = logits(), fake = logits();
  real[0].requires_grad_();
  fake[0].requires_grad_();
  AdversarialLoss(Kind::Relativistic).generator(fake, real).backward();
  EXPECT_FALSE(real[0].grad().defined());
  EXPECT_TRUE(fake[0].grad().defined());
}

using GradientPenaltyTest = Losses;

TEST_F(GradientPenaltyTest, IsTheSlopeMeasuredByFiniteDifferences) {
  const at::Tensor weight = torch::randn({1, 3, 3, 3}, torch::kDouble),
                   fine = torch::randn({1, 3, 1, 1}, torch::kDouble);
  const auto judge = [&](const at::Tensor& x) {
    return std::vector<at::Tensor>{torch::tanh(torch::conv2d(x, weight, {}, 1, 1)),
                                   torch::conv2d(x, fine).square()};
  };
  at::Tensor x = random_double({2, 3, 4, 4}).requires_grad_();
  const GradientPenalty penalty{0.6};
  const double value = number(penalty(judge(x), x));
  double expected = 0;
  torch::NoGradGuard no_grad;
  const auto score = [&](const at::Tensor& p) {
    const auto logits = judge(p);
    return number(logits[0].mean({1, 2, 3}).sum() + logits[1].mean({1, 2, 3}).sum());
  };
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    at::Tensor up = x.detach().clone(), down = x.detach().clone();
    up.view(-1)[i].add_(1e-5);
    down.view(-1)[i].sub_(1e-5);
    const double slope = (score(up) - score(down)) / 2e-5;
    expected += slope * slope;
  }
  EXPECT_NEAR(value, 0.6 / 2 * expected / 2, 1e-7 * (1 + expected));
}

TEST_F(GradientPenaltyTest, TeachesTheJudgesWeights) {
  at::Tensor weight = torch::randn({1, 3, 3, 3}, torch::kDouble).requires_grad_();
  at::Tensor x = random_double({2, 3, 4, 4}).requires_grad_();
  EXPECT_TRUE(gradients_match(
      [&] { return GradientPenalty()({torch::tanh(torch::conv2d(x, weight, {}, 1, 1))}, x); }, {weight}));
}

TEST_F(GradientPenaltyTest, IsZeroForAJudgeThatAnswersTheSameEverywhere) {
  at::Tensor x = random_double({2, 3, 4, 4}).requires_grad_();
  EXPECT_EQ(number(GradientPenalty()({(x * 0).sum(1, true)}, x)), 0);
}

using DiffAugmentTest = Losses;

at::Tensor augmented(const at::Tensor& x, double strength, std::uint64_t seed) {
  return diff_augment(x, strength, at::detail::createCPUGenerator(seed));
}

TEST_F(DiffAugmentTest, StrengthZeroLeavesThePicturesAsTheyAre) {
  const at::Tensor x = torch::rand({2, 3, 32, 32});
  EXPECT_TRUE(tensors_equal(augmented(x, 0, 1), x));
}

TEST_F(DiffAugmentTest, TheSameSeedAugmentsAlikeAndAnotherDoesNot) {
  const at::Tensor x = torch::rand({2, 3, 32, 32});
  EXPECT_EQ(augmented(x, 1, 1).sizes(), x.sizes());
  EXPECT_TRUE(tensors_equal(augmented(x, 1, 1), augmented(x, 1, 1)));
  EXPECT_FALSE(tensors_near(augmented(x, 1, 1), augmented(x, 1, 2), 1e-3));
}

TEST_F(DiffAugmentTest, StaysWithinItsRange) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const at::Tensor y = augmented(torch::full({1, 3, 16, 16}, 0.5), 1, seed);
    EXPECT_LE(number((y - 0.5).abs().max()), 0.2 + 1e-6) << "brightness";
  }
}

TEST_F(DiffAugmentTest, DoesNotMixChannels) {
  const at::Tensor x = torch::rand({1, 3, 32, 32});
  const at::Tensor y = augmented(x - x.narrow(1, 1, 1), 1, 4);
  EXPECT_LT(number(y.narrow(1, 1, 1).std()), 1e-6) << "a constant channel stays constant";
}

TEST_F(DiffAugmentTest, GradientsFlowToThePictures) {
  at::Tensor x = random_double({2, 3, 16, 16}).requires_grad_();
  const at::Tensor weight = torch::randn({2, 3, 16, 16}, torch::kDouble);
  EXPECT_TRUE(gradients_match([&] { return (augmented(x, 1, 3) * weight).sum(); }, {x}));
}

}  // namespace
}  // namespace atelier::losses
