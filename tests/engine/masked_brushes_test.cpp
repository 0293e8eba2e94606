#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/engine/generator_engine.h"
#include "atelier/model/expected_tensors.h"
#include "engine/reference_networks.h"

namespace atelier::engine {
namespace {

constexpr int kHeight = 64, kWidth = 256;
constexpr std::size_t kPixels = static_cast<std::size_t>(kHeight * kWidth);

GeneratorOptions small_options() {
  return {.size = "tiny",
          .c1 = 4,
          .c2 = 20,
          .c3 = 24,
          .encoder_blocks = 1,
          .core_blocks = 2,
          .decoder_blocks = 1,
          .code_dim = 6,
          .hidden = 10};
}

class MaskedBrushes : public testing::Test {
 protected:
  MaskedBrushes() { paint(first_, 1, &first_statistics_), paint(second_, 0.3f, &second_statistics_); }

  static GeneratorEngine make_engine(int threads) {
    const GeneratorOptions options = small_options();
    const auto expected = model::expected_generator_tensors(options);
    return {options, test::to_file(expected, test::random_tensors(expected, 1)), {threads}};
  }

  GeneratorRequest request(const std::vector<float>& code, float detail) const {
    GeneratorRequest request;
    request.content = content_;
    request.height = kHeight;
    request.width = kWidth;
    request.code = code;
    request.detail = detail;
    return request;
  }

  std::vector<float> paint(const std::vector<float>& code, float detail, SiteStatistics* collect) const {
    GeneratorRequest alone = request(code, detail);
    alone.collect = collect;
    return run(alone);
  }

  std::vector<float> run(const GeneratorRequest& wanted, int threads = 1) const {
    std::vector<float> painting(3 * kPixels);
    (threads == 1 ? engine_ : other_engine_).run(wanted, painting);
    return painting;
  }

  // One brush alone, with its frozen statistics.
  std::vector<float> alone(const std::vector<float>& code, float detail, const SiteStatistics& frozen) const {
    GeneratorRequest wanted = request(code, detail);
    wanted.frozen = &frozen;
    return run(wanted);
  }

  std::vector<float> shared(const std::vector<float>& share, int threads = 1) const {
    const std::vector<MaskedBrush> others = {{second_, {}, 0.3f, &second_statistics_, share}};
    GeneratorRequest wanted = request(first_, 1);
    wanted.frozen = &first_statistics_;
    wanted.others = others;
    return run(wanted, threads);
  }

  std::string error_of(const GeneratorRequest& wanted) const {
    try {
      run(wanted);
    } catch (const Error& error) {
      return error.id();
    }
    return "none";
  }

  const GeneratorEngine engine_ = make_engine(1), other_engine_ = make_engine(3);
  const std::vector<float> content_ = test::synthetic_picture(kHeight, kWidth, 4);
  const std::vector<float> first_ = test::random_floats(6, -1, 1, 7),
                           second_ = test::random_floats(6, -1, 1, 8);
  SiteStatistics first_statistics_, second_statistics_;
};

double furthest_apart(const std::vector<float>& a, const std::vector<float>& b, int from = 0,
                      int to = kWidth) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int x = static_cast<int>(i % kWidth);
    if (x >= from && x < to) most = std::max(most, static_cast<double>(std::abs(a[i] - b[i])));
  }
  return most;
}

TEST_F(MaskedBrushes, PaintAsAloneWhereTheyHaveEverything) {
  EXPECT_LT(furthest_apart(shared(std::vector<float>(kPixels, 0)), alone(first_, 1, first_statistics_)),
            1e-5);
  EXPECT_LT(furthest_apart(shared(std::vector<float>(kPixels, 1)), alone(second_, 0.3f, second_statistics_)),
            1e-5);
  EXPECT_GT(furthest_apart(alone(first_, 1, first_statistics_), alone(second_, 0.3f, second_statistics_)),
            0.05);
}

TEST_F(MaskedBrushes, OfOneStyleAreOneBrush) {
  std::vector<float> share(kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) share[i] = static_cast<float>(i % kWidth) / (kWidth - 1);
  const std::vector<MaskedBrush> others = {{first_, {}, 1, &first_statistics_, share}};
  GeneratorRequest wanted = request(first_, 1);
  wanted.frozen = &first_statistics_;
  wanted.others = others;
  EXPECT_LT(furthest_apart(run(wanted), alone(first_, 1, first_statistics_)), 1e-4);
}

TEST_F(MaskedBrushes, DoNotReachFarBeyondTheirMask) {
  std::vector<float> share(kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) share[i] = i % kWidth >= kWidth / 2 ? 1.0f : 0.0f;
  const std::vector<float> both = shared(share);
  // The receptive field of this small generator: two core blocks of two 3x3 convolutions at 1/8.
  EXPECT_LT(furthest_apart(both, alone(first_, 1, first_statistics_), 0, 56), 1e-5);
  EXPECT_LT(furthest_apart(both, alone(second_, 0.3f, second_statistics_), kWidth - 56, kWidth), 1e-5);
}

TEST_F(MaskedBrushes, NeverJumpAsTheirShareGrows) {
  const auto at = [&](float share) { return shared(std::vector<float>(kPixels, share)); };
  const double whole_way = furthest_apart(at(0), at(1));
  for (const float share : {0.0f, 0.3f, 0.5f, 0.7f, 0.98f})
    EXPECT_LT(furthest_apart(at(share), at(share + 0.02f)), 0.2 * whole_way) << share;
}

TEST_F(MaskedBrushes, GiveTheSameBytesOnAnyNumberOfThreads) {
  const std::vector<float> share = test::random_floats(kPixels, 0, 1, 3);
  EXPECT_EQ(shared(share, 1), shared(share, 3));
}

TEST_F(MaskedBrushes, AreRefusedWhenTheyDoNotFit) {
  const std::vector<float> share(kPixels, 0.5f), short_share(kPixels - 1, 0.5f);
  std::vector<MaskedBrush> others = {{second_, {}, 0.3f, &second_statistics_, share}};
  GeneratorRequest wanted = request(first_, 1);
  wanted.others = others;
  EXPECT_EQ(error_of(wanted), "engine.brushes");  // without frozen statistics
  wanted.frozen = &first_statistics_;
  EXPECT_EQ(error_of(wanted), "none");
  others.front().share = short_share;
  EXPECT_EQ(error_of(wanted), "engine.brushes");
  others.front().share = share;
  others.front().frozen = nullptr;
  EXPECT_EQ(error_of(wanted), "engine.brushes");
  others.front().frozen = &second_statistics_;
  others.front().code = others.front().code.subspan(1);
  EXPECT_EQ(error_of(wanted), "engine.code");
}

}  // namespace
}  // namespace atelier::engine
