#include "atelier/training/detail/tuning_ruler.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "atelier/nn/perceptual_network.h"

namespace atelier::training {
namespace {

class TuningRulerTest : public testing::Test {
 protected:
  TuningRulerTest() : phi_(PerceptualOptions{}), photo_(picture(1)), painting_(picture(2)) { phi_->eval(); }

  static at::Tensor picture(std::uint64_t seed) {
    torch::manual_seed(seed);
    return torch::rand({1, 3, 64, 64});
  }
  static double structure_lost(const TuningRuler& ruler, const at::Tensor& painting,
                               const at::Tensor& photo) {
    const auto lost = ruler.structure_of(ruler.view(painting)), held = ruler.structure_of(ruler.view(photo));
    return ruler.structure_loss(lost, held, torch::ones({1, static_cast<std::int64_t>(held.size())}))
        .item<double>();
  }

  const torch::NoGradGuard no_gradients_;
  nn::PerceptualNetwork phi_;
  at::Tensor photo_, painting_;
};

TEST_F(TuningRulerTest, FindsNothingLostInACopy) {
  const TuningRuler ruler(phi_, {});
  EXPECT_EQ(structure_lost(ruler, photo_, photo_), 0);
  EXPECT_GT(structure_lost(ruler, painting_, photo_), 0.1);
  const StyleLook look = ruler.look_of(ruler.view(painting_));
  EXPECT_EQ(ruler.style_loss(ruler.view(painting_), look).item<double>(), 0);
  EXPECT_GT(ruler.style_loss(ruler.view(photo_), look).item<double>(), 0);
}

TEST_F(TuningRulerTest, FindsLittleStructureInAnEvenSkyUnlessItStandardises) {
  const at::Tensor sky = photo_ * 0.02 + 0.5;
  const TuningRuler own(phi_, {}), further(phi_, {{"filters", "", 0.5, 3, 1}});
  const auto held = [](const TuningRuler& ruler, const at::Tensor& picture) {
    return ruler.structure_held(ruler.structure_of(ruler.view(picture))).mean().item<double>();
  };
  EXPECT_EQ(held(own, sky), held(own, photo_));
  EXPECT_LT(held(further, sky), 0.1 * held(further, photo_));
}

TEST_F(TuningRulerTest, MeasuresStructureByTheNetworksThatHaveAWeightForIt) {
  const TuningRuler style_alone(phi_, {{"filters", "", 0.5, 3, 0}});
  EXPECT_EQ(style_alone.structure_of(style_alone.view(photo_)).size(), 2u);  // phi's
  const double once = structure_lost(TuningRuler(phi_, {{"filters", "", 0.5, 3, 1}}), painting_, photo_);
  const double twice = structure_lost(TuningRuler(phi_, {{"filters", "", 0.5, 3, 2}}), painting_, photo_);
  EXPECT_NEAR(twice, 2 * once, 1e-6 * twice);
}

TEST_F(TuningRulerTest, AveragesPicturesWithoutTheContrastBetweenThem) {
  const TuningRuler ruler(phi_, {});
  const at::Tensor dark = photo_ * 0.2, light = photo_ * 0.2 + 0.8;
  const auto contrast = [](const StyleLook& look) { return look[0][0].std.mean().item<double>(); };
  const StyleLook of_dark = ruler.look_of(ruler.view(dark)), of_light = ruler.look_of(ruler.view(light));
  const StyleLook both = averaged({of_dark, of_light});
  EXPECT_NEAR(contrast(both), (contrast(of_dark) + contrast(of_light)) / 2, 1e-6);
  EXPECT_TRUE(torch::allclose(both[0][0].mean, (of_dark[0][0].mean + of_light[0][0].mean) / 2));
}

}  // namespace
}  // namespace atelier::training
