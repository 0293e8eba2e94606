#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "atelier/inference/engine_model.h"
#include "atelier/inference/tiling.h"
#include "atelier/inference/torch/torch_model.h"
#include "atelier/model/style_delta.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::inference {
namespace {

constexpr float kTolerance = 2e-3f;

// The engine and LibTorch on one bundle and one picture.
class Parity : public testing::Test {
 protected:
  Parity()
      : bundle_(model::ModelBundle::open(test::write_tiny_bundle(folder_))),
        engine_(*bundle_, {.threads = 2}),
        torch_(*bundle_, "cpu", 2),
        code_(bundle_->styles().styles().front().code.values) {
    read_window(test::synthetic_photo(kWidth, kHeight, 5), {0, 0, kWidth, kHeight}, content_);
  }

  PaintRequest request() const {
    return {.content = content_,
            .height = kHeight,
            .width = kWidth,
            .code = code_,
            .stroke = 1.5f,
            .detail = 0.3f};
  }

  static std::vector<float> paint(const StyleTransferModel& model, const PaintRequest& request) {
    std::vector<float> painting(request.content.size());
    model.paint(request, painting);
    return painting;
  }

  static float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_EQ(a.size(), b.size());
    float most = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      most = std::max(most, std::abs(a[i] - b[i]));
    return most;
  }

  static constexpr int kWidth = 200, kHeight = 136;
  test::TempDir folder_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  EngineModel engine_;
  TorchModel torch_;
  std::vector<float> code_, content_;
};

TEST_F(Parity, AgreesOnWhatAStyleTrained) {
  std::vector<float> modulation(
      static_cast<std::size_t>(model::modulation_length(bundle_->manifest().generator)));
  test::SeededRandom random(8);
  for (float& value : modulation) value = 0.3f * random.symmetric();
  PaintRequest trained = request();
  trained.modulation = modulation;
  const std::vector<float> by_engine = paint(engine_, trained);
  EXPECT_LE(largest_difference(by_engine, paint(torch_, trained)), kTolerance);
  EXPECT_GT(largest_difference(by_engine, paint(engine_, request())), 0.05f);

  model::StyleDelta delta;
  delta.layers = {{"out.conv.bias", {12}, std::vector<float>(12, 0.7f)}};
  const weights::SafetensorsFile changed = delta.applied_to(bundle_->generator());
  const EngineModel engine(*bundle_, {.threads = 2}, &changed);
  const TorchModel torch(*bundle_, "cpu", 2, &changed);
  const std::vector<float> other_layers = paint(engine, request());
  EXPECT_LE(largest_difference(other_layers, paint(torch, request())), kTolerance);
  EXPECT_GT(largest_difference(other_layers, paint(engine_, request())), 0.05f);
}

TEST_F(Parity, PaintsTheSame) {
  EXPECT_LE(largest_difference(paint(engine_, request()), paint(torch_, request())), kTolerance);
}

TEST_F(Parity, SeesStrokeAndDetailTheSame) {
  const std::vector<float> before = paint(torch_, request());
  PaintRequest other = request();
  other.stroke = 0.5f;
  other.detail = 1;
  EXPECT_GT(largest_difference(before, paint(torch_, other)), kTolerance);
  EXPECT_LE(largest_difference(paint(engine_, other), paint(torch_, other)), kTolerance);
}

TEST_F(Parity, GivesTheSameCode) {
  EXPECT_LE(largest_difference(engine_.encode_style(content_, kHeight, kWidth),
                               torch_.encode_style(content_, kHeight, kWidth)),
            kTolerance);
}

TEST_F(Parity, CollectsTheSameStatistics) {
  NormStatistics from_engine, from_torch;
  PaintRequest collecting = request();
  collecting.collect = &from_engine;
  paint(engine_, collecting);
  collecting.collect = &from_torch;
  paint(torch_, collecting);
  ASSERT_EQ(from_engine.sites.size(), from_torch.sites.size());
  for (std::size_t i = 0; i < from_engine.sites.size(); ++i) {
    EXPECT_LE(largest_difference(from_engine.sites[i], from_torch.sites[i]), kTolerance) << "site " << i;
  }
}

TEST_F(Parity, SharesThePixelsAmongStylesTheSame) {
  const std::vector<float>& second = bundle_->styles().styles()[1].code.values;
  NormStatistics first_alone, second_alone;
  PaintRequest collecting = request();
  collecting.collect = &first_alone;
  paint(torch_, collecting);
  collecting.code = second;
  collecting.collect = &second_alone;
  paint(torch_, collecting);

  std::vector<float> share(static_cast<std::size_t>(kWidth * kHeight)), all(share.size(), 1.0f);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x)
      share[static_cast<std::size_t>(y * kWidth + x)] = std::clamp((x - 60) / 80.0f, 0.0f, 1.0f);
  }
  MaskedBrush brush{second, {}, 0.8f, &second_alone, share};
  PaintRequest shared = request();
  shared.frozen = &first_alone;
  shared.others = {&brush, 1};
  EXPECT_LE(largest_difference(paint(engine_, shared), paint(torch_, shared)), kTolerance);
  EXPECT_GT(largest_difference(paint(torch_, shared), paint(torch_, request())), kTolerance);

  PaintRequest alone = request();
  alone.code = second;
  alone.detail = 0.8f;
  alone.frozen = &second_alone;
  brush.share = all;
  EXPECT_LE(largest_difference(paint(torch_, shared), paint(torch_, alone)), kTolerance);
}

TEST_F(Parity, PaintsTheSameWithFrozenStatistics) {
  NormStatistics statistics;
  PaintRequest collecting = request();
  collecting.collect = &statistics;
  paint(torch_, collecting);
  for (std::vector<float>& site : statistics.sites) {
    for (float& value : site) value *= 1.1f;
  }
  PaintRequest frozen = request();
  frozen.frozen = &statistics;
  EXPECT_GT(largest_difference(paint(torch_, frozen), paint(torch_, request())), kTolerance);
  EXPECT_LE(largest_difference(paint(engine_, frozen), paint(torch_, frozen)), kTolerance);
}

}  // namespace
}  // namespace atelier::inference
