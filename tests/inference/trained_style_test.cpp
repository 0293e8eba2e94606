#include <gtest/gtest.h>

#include "atelier/core/error.h"
#include "atelier/inference/engine_model.h"
#include "atelier/inference/stylizer.h"
#include "atelier/model/style_delta.h"
#include "support/expect_error.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::inference {
namespace {

class TrainedStyle : public testing::Test {
 protected:
  TrainedStyle()
      : bundle_(model::ModelBundle::open(test::write_tiny_bundle(folder_))),
        stylizer_(bundle_->manifest(), std::make_unique<EngineModel>(*bundle_)),
        code_(bundle_->styles().styles().front().code),
        photo_(test::synthetic_photo(72, 56, 3)) {
    test::SeededRandom random(4);
    for (int i = model::modulation_length(bundle_->manifest().generator); i > 0; --i)
      modulation_.push_back(0.4f * random.symmetric());
  }

  Image paint(float strength, std::span<const float> modulation, const Stylizer* stylizer = nullptr) const {
    StylizeOptions options;
    options.strength = strength;
    options.modulation = modulation;
    return (stylizer ? *stylizer : stylizer_).stylize(photo_, code_, options);
  }

  test::TempDir folder_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  Stylizer stylizer_;
  StyleCode code_;
  Image photo_;
  std::vector<float> modulation_;
};

TEST_F(TrainedStyle, PaintsAsIfItsCorrectionsWereTheGeneratorsOwn) {
  // Corrections are added to style.sites' output, so they equal a change of its bias.
  model::StyleDelta as_bias;
  as_bias.layers = {{"style.sites.bias", {static_cast<std::int64_t>(modulation_.size())}, modulation_}};
  const weights::SafetensorsFile generator = as_bias.applied_to(bundle_->generator());
  const Stylizer other(bundle_->manifest(),
                       std::make_unique<EngineModel>(*bundle_, engine::EngineOptions(), &generator));
  EXPECT_EQ(paint(1, modulation_), paint(1, {}, &other));
  EXPECT_NE(paint(1, modulation_), paint(1, {}));
}

TEST_F(TrainedStyle, FadesWithStrength) {
  EXPECT_EQ(paint(0, modulation_), photo_);
  std::vector<float> half = modulation_;
  for (float& value : half) value *= 0.5f;
  EXPECT_NE(paint(0.5f, modulation_), paint(0.5f, {}));
  EXPECT_NE(paint(0.5f, modulation_), paint(0.5f, half));
}

TEST_F(TrainedStyle, OfAnotherModelIsRefused) {
  modulation_.pop_back();
  test::expect_error([&] { paint(1, modulation_); }, ErrorCode::Usage, "engine.modulation");
}

}  // namespace
}  // namespace atelier::inference
