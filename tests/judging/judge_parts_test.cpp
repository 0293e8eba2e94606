#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "atelier/judging/detail/content_distance.h"
#include "atelier/judging/detail/inception.h"
#include "atelier/judging/detail/lpips.h"
#include "atelier/judging/detail/style_distances.h"
#include "atelier/judging/detail/vgg19_judge.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/weights/safetensors_file.h"
#include "judge_fixtures.h"
#include "support/tensor_matchers.h"

namespace atelier::judging::detail {
namespace {

/// The synthetic pictures that published networks are checked with: row i, column j, channel c,
/// A = 0.5 + 0.5 sin(0.1 i + 0.05 (c + 1) j), B = 0.5 + 0.5 cos(0.07 j - 0.03 (c + 1) i), 128 x 128.
at::Tensor wave(bool second) {
  at::Tensor picture = torch::empty({1, 3, 128, 128});
  auto values = picture.accessor<float, 4>();
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < 128; ++i) {
      for (int j = 0; j < 128; ++j) {
        values[0][c][i][j] = static_cast<float>(second ? 0.5 + 0.5 * std::cos(0.07 * j - 0.03 * (c + 1) * i)
                                                       : 0.5 + 0.5 * std::sin(0.1 * i + 0.05 * (c + 1) * j));
      }
    }
  }
  return picture;
}

std::vector<at::Tensor> random_taps(std::uint64_t seed) {
  torch::manual_seed(seed);
  return {torch::relu(torch::randn({1, 4, 12, 10})), torch::relu(torch::randn({1, 6, 6, 5}) + 0.3)};
}

std::vector<double> doubles(const at::Tensor& t) {
  const at::Tensor flat = t.to(torch::kDouble).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

TEST(ContentDistance, FollowsItsDefinition) {
  const at::Tensor y = random_taps(1)[0], c = random_taps(2)[0];
  const std::vector<double> a = doubles(y), b = doubles(c);
  double mean = 0, miss = 0, spread = 0;
  for (const double v : b) mean += v / static_cast<double>(b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    miss += (a[i] - b[i]) * (a[i] - b[i]), spread += (b[i] - mean) * (b[i] - mean);
  EXPECT_NEAR(ContentDistance()(y, c), miss / spread, 1e-6);
  EXPECT_EQ(ContentDistance()(c, c), 0);
}

// |G_y - G_s|^2 / |G_s|^2 in double loops.
double plain_gram_distance(const at::Tensor& y, const at::Tensor& s) {
  const auto gram = [](const at::Tensor& tap) {
    const auto channels = static_cast<std::size_t>(tap.size(1));
    const auto positions = static_cast<std::size_t>(tap.size(2) * tap.size(3));
    const std::vector<double> f = doubles(tap);
    std::vector<double> g(channels * channels);
    for (std::size_t i = 0; i < channels; ++i) {
      for (std::size_t j = 0; j < channels; ++j) {
        for (std::size_t p = 0; p < positions; ++p)
          g[i * channels + j] += f[i * positions + p] * f[j * positions + p] / static_cast<double>(positions);
      }
    }
    return g;
  };
  const std::vector<double> a = gram(y), b = gram(s);
  double miss = 0, energy = 0;
  for (std::size_t i = 0; i < a.size(); ++i) miss += (a[i] - b[i]) * (a[i] - b[i]), energy += b[i] * b[i];
  return miss / energy;
}

TEST(GramDistance, FollowsItsDefinition) {
  const auto y = random_taps(1), s = random_taps(2);
  EXPECT_NEAR(GramDistance()(style_features(y), style_features(s)),
              plain_gram_distance(y[0], s[0]) + plain_gram_distance(y[1], s[1]), 1e-5);
  EXPECT_NEAR(GramDistance()(style_features(s), style_features(s)), 0, 1e-9);
}

TEST(MomentDistance, FollowsItsDefinition) {
  const auto y = random_taps(3), s = random_taps(4);
  double expected = 0;
  for (std::size_t layer = 0; layer < y.size(); ++layer) {
    double miss = 0, energy = 0;
    const auto channels = static_cast<std::size_t>(y[layer].size(1));
    const std::vector<double> a = doubles(y[layer]), b = doubles(s[layer]);
    const std::size_t positions = a.size() / channels;
    const auto moments = [&](const std::vector<double>& f, std::size_t channel) {
      double sum = 0, squares = 0;
      for (std::size_t p = 0; p < positions; ++p) {
        sum += f[channel * positions + p] / static_cast<double>(positions);
        squares += f[channel * positions + p] * f[channel * positions + p] / static_cast<double>(positions);
      }
      return std::pair(sum, std::sqrt(squares - sum * sum));
    };
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const auto [my, sy] = moments(a, channel);
      const auto [ms, ss] = moments(b, channel);
      miss += (my - ms) * (my - ms) + (sy - ss) * (sy - ss);
      energy += ms * ms + ss * ss;
    }
    expected += miss / energy;
  }
  EXPECT_NEAR(MomentDistance()(style_features(y), style_features(s)), expected, 1e-5);
}

TEST(SlicedWasserstein, IsTheShiftOfAMovedDistribution) {
  // On one direction two sets that differ by a shift have every quantile apart by its projection.
  torch::manual_seed(5);
  const at::Tensor s = torch::randn({1, 3, 40, 40}),
                   shift = torch::tensor({1.0, -2.0, 0.5}).view({1, 3, 1, 1});
  const StyleFeatures a = style_features({s + shift}), b = style_features({s});
  const at::Tensor directions = losses::SlicedWassersteinLoss::directions(32, 3, 20220);
  const at::Tensor moved = torch::matmul(directions, shift.view({3, 1})).square().mean();
  const double expected = moved.item<double>() / b.quantiles[0].var({1, 2}, false).item<double>();
  EXPECT_NEAR(SlicedWasserstein()(a, b), expected, 1e-3 * expected);
  EXPECT_EQ(SlicedWasserstein()(b, b), 0);
}

TEST(SlicedWasserstein, TakesLayersOfAnySize) {
  torch::manual_seed(6);
  const at::Tensor large = torch::randn({1, 3, 300, 200}), small = torch::randn({1, 3, 30, 20});
  EXPECT_LT(SlicedWasserstein()(style_features({large}), style_features({small})), 0.1);
}

TEST(StyleRank, CountsNearerStyles) {
  const StyleFeatures a = style_features(random_taps(1)), b = style_features(random_taps(2)),
                      c = style_features(random_taps(3));
  EXPECT_EQ(rank_of_style(a, {&a, &b, &c}, 0), 1u);
  EXPECT_GT(rank_of_style(a, {&a, &b, &c}, 1), 1u);
  // A collapsed set, where every style is the same, identifies nothing.
  EXPECT_EQ(rank_of_style(a, {&b, &b, &b}, 1), 3u);
}

TEST(PerceptualDistance, WeighsEveryChannelOfUnitFeaturesAlike) {
  const auto a = random_taps(1), b = random_taps(2);
  double expected = 0;
  for (std::size_t layer = 0; layer < a.size(); ++layer) {
    const at::Tensor x = a[layer].to(torch::kDouble), y = b[layer].to(torch::kDouble);
    const at::Tensor ux = x / x.norm(2, 1, true).clamp_min(1e-10),
                     uy = y / y.norm(2, 1, true).clamp_min(1e-10);
    expected += (ux - uy).square().mean(1).mean().item<double>();
  }
  EXPECT_NEAR(Lpips::distance(unit_features(a), unit_features(b)), expected, 1e-6);
}

class PublishedNetworks : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::judge_folder()) GTEST_SKIP() << test::kNoJudges;
  }
  static std::filesystem::path file(const std::string& name) {
    return *test::judge_folder() / (name + ".safetensors");
  }
  const torch::NoGradGuard no_gradients_;
};

TEST_F(PublishedNetworks, LpipsAgreesWithTheReference) {
  for (const auto& [kind, network, linear, expected] :
       {std::tuple("alexnet", "alexnet_tv_features", "lpips_v0.1_lin_alex", 0.546147),
        std::tuple("squeezenet", "squeezenet1_1_tv_features", "lpips_v0.1_lin_squeeze", 0.544187)}) {
    const Lpips lpips(kind, file(network), file(linear));
    EXPECT_NEAR(
        Lpips::distance(lpips.features(lpips.taps(wave(false))), lpips.features(lpips.taps(wave(true)))),
        expected, 1e-3)
        << kind;
    EXPECT_EQ(
        Lpips::distance(lpips.features(lpips.taps(wave(false))), lpips.features(lpips.taps(wave(false)))), 0);
  }
}

TEST_F(PublishedNetworks, InceptionAgreesWithTheReference) {
  const Inception inception(file("inception_v3_2015_to_mixed_8_fp16"));
  const at::Tensor features = inception.features(wave(false))[0];
  ASSERT_EQ(features.size(0), 768);
  EXPECT_NEAR(features.mean().item<double>(), 0.0399404, 1e-3 * 0.04);
  EXPECT_NEAR(features.norm().item<double>(), 2.770526, 1e-3 * 2.77);
  EXPECT_NEAR(features[0].item<double>(), 0.0018026, 1e-4);
  EXPECT_NEAR(features[1].item<double>(), 0.0409995, 1e-4);
  EXPECT_NEAR(features[2].item<double>(), 0.0109005, 1e-4);
}

TEST_F(PublishedNetworks, Vgg19AgreesWithTheReference) {
  const auto vgg = nn::load_reference_network("vgg19", file("vgg19_oxford_bgr_relu3_4"));
  const std::vector<at::Tensor> taps = vgg->features(wave(false));
  const double means[] = {40.4868, 188.4125, 296.4072, 962.7415};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(taps[i].mean().item<double>(), means[i], 1e-3 * means[i]);
}

TEST_F(PublishedNetworks, Vgg19JudgesByTheEngineAsByLibTorch) {
  const auto vgg = nn::load_reference_network("vgg19", file("vgg19_oxford_bgr_relu3_4"));
  std::vector<at::Tensor> taps = vgg->features(wave(false));
  const Vgg19Judge::Seen seen = Vgg19Judge(file("vgg19_oxford_bgr_relu3_4")).look_at(wave(false));
  const auto near = [](const at::Tensor& a, const at::Tensor& b) {
    return (a - b).norm().item<double>() < 1e-4 * b.norm().item<double>();
  };
  EXPECT_TRUE(near(seen.content, taps.back()));
  taps.pop_back();
  const StyleFeatures wanted = style_features(taps);
  ASSERT_EQ(seen.style.layers.size(), wanted.layers.size());
  for (std::size_t i = 0; i < wanted.layers.size(); ++i) {
    EXPECT_TRUE(near(seen.style.layers[i].gram, wanted.layers[i].gram)) << i;
    EXPECT_TRUE(near(seen.style.quantiles[i], wanted.quantiles[i])) << i;
  }
}

TEST_F(PublishedNetworks, AreRefusedInEachOthersPlaces) {
  EXPECT_ANY_THROW(Lpips("alexnet", file("alexnet_tv_features"), file("lpips_v0.1_lin_squeeze")));
  EXPECT_ANY_THROW(Inception(file("alexnet_tv_features")));
}

}  // namespace
}  // namespace atelier::judging::detail
