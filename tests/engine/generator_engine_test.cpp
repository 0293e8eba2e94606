#include "atelier/engine/generator_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <string>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/model/expected_tensors.h"
#include "engine/reference_networks.h"

namespace atelier::engine {
namespace {

GeneratorOptions tiny_options() {
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

struct TinyModel {
  explicit TinyModel(GeneratorOptions o = tiny_options())
      : options(std::move(o)),
        expected(model::expected_generator_tensors(options)),
        tensors(test::random_tensors(expected, 1)),
        code(test::random_floats(static_cast<std::size_t>(options.code_dim), -1, 1, 7)) {}

  GeneratorEngine engine(int threads = 1) const {
    return {options, test::to_file(expected, tensors), {threads}};
  }

  GeneratorOptions options;
  std::vector<weights::ExpectedTensor> expected;
  test::Tensors tensors;
  std::vector<float> code;
};

std::vector<float> run(const GeneratorEngine& engine, const GeneratorRequest& request) {
  std::vector<float> painting(request.content.size());
  engine.run(request, painting);
  return painting;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    largest = std::max(largest, static_cast<double>(std::abs(a[i] - b[i])));
  }
  return largest;
}

template <typename Call>
std::string error_id(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.id();
  }
  return "none";
}

class GeneratorOfSize : public testing::TestWithParam<std::pair<int, int>> {};

INSTANTIATE_TEST_SUITE_P(Sizes, GeneratorOfSize,
                         testing::Values(std::pair{16, 16}, std::pair{24, 40}, std::pair{56, 16},
                                         std::pair{16, 200}),
                         [](const auto& size) {
                           return std::to_string(size.param.first) + "x" + std::to_string(size.param.second);
                         });

TEST_P(GeneratorOfSize, PaintsWhatPlainLoopsPaint) {
  const auto [height, width] = GetParam();
  const TinyModel tiny;
  const std::vector<float> content = test::synthetic_picture(height, width, 3);
  SiteStatistics collected;
  const std::vector<float> painting = run(tiny.engine(), {.content = content,
                                                          .height = height,
                                                          .width = width,
                                                          .code = tiny.code,
                                                          .stroke = 2.5f,
                                                          .detail = 0.6f,
                                                          .collect = &collected});
  const test::ReferencePainting expected =
      test::paint(tiny.options, tiny.tensors, test::to_map(content, 3, height, width), tiny.code, 2.5f, 0.6f);
  EXPECT_LT(test::relative_rms(painting, expected.picture.values), 2e-5);
  ASSERT_EQ(collected.sites.size(), expected.statistics.size());
  for (std::size_t s = 0; s < collected.sites.size(); ++s) {
    EXPECT_LT(test::relative_rms(collected.sites[s], expected.statistics[s]), 2e-5) << "site " << s;
  }
}

TEST(GeneratorEngine, PaintsWithoutEncoderAndDecoderBlocks) {
  GeneratorOptions options = tiny_options();
  options.encoder_blocks = options.decoder_blocks = 0;
  options.core_blocks = 1;
  const TinyModel tiny(options);
  const std::vector<float> content = test::synthetic_picture(32, 24, 4);
  const std::vector<float> painting =
      run(tiny.engine(), {.content = content, .height = 32, .width = 24, .code = tiny.code});
  const auto expected = test::paint(options, tiny.tensors, test::to_map(content, 3, 32, 24), tiny.code, 1, 1);
  EXPECT_LT(test::relative_rms(painting, expected.picture.values), 2e-5);
}

TEST(GeneratorEngine, PaintsTheSameWithTheStatisticsItCollected) {
  const TinyModel tiny;
  const GeneratorEngine engine = tiny.engine();
  const std::vector<float> content = test::synthetic_picture(40, 48, 5);
  for (const float detail : {0.0f, 0.5f}) {
    SiteStatistics statistics, again;
    GeneratorRequest request{.content = content,
                             .height = 40,
                             .width = 48,
                             .code = tiny.code,
                             .detail = detail,
                             .collect = &statistics};
    const std::vector<float> live = run(engine, request);
    request.frozen = &statistics;
    request.collect = &again;
    EXPECT_LT(largest_difference(live, run(engine, request)), 1e-4);
    for (std::size_t s = 0; s < statistics.sites.size(); ++s) {
      EXPECT_LT(largest_difference(again.sites[s], statistics.sites[s]), 1e-5);
    }
  }
}

TEST(GeneratorEngine, PaintsAPieceAloneAsInsideThePictureWhenStatisticsAreFrozen) {
  const TinyModel tiny;
  const GeneratorEngine engine = tiny.engine();
  constexpr int kSide = 256, kCut = 128;
  const std::vector<float> content = test::synthetic_picture(kSide, kSide, 6);
  SiteStatistics statistics;
  const std::vector<float> whole =
      run(engine,
          {.content = content, .height = kSide, .width = kSide, .code = tiny.code, .collect = &statistics});
  std::vector<float> upper_left;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < kCut; ++y) {
      const auto row = content.begin() + (c * kSide + y) * kSide;
      upper_left.insert(upper_left.end(), row, row + kCut);
    }
  }
  const std::vector<float> piece =
      run(engine,
          {.content = upper_left, .height = kCut, .width = kCut, .code = tiny.code, .frozen = &statistics});
  // Far from the cut the piece cannot know of it; the receptive field reaches less than 100 pixels.
  double largest = 0;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < kCut - 100; ++y) {
      for (int x = 0; x < kCut - 100; ++x) {
        const double difference = whole[static_cast<std::size_t>((c * kSide + y) * kSide + x)] -
                                  piece[static_cast<std::size_t>((c * kCut + y) * kCut + x)];
        largest = std::max(largest, std::abs(difference));
      }
    }
  }
  EXPECT_LT(largest, 1e-5);
}

TEST(GeneratorEngine, PaintsDifferentlyForOtherDetailStrokeAndCode) {
  const TinyModel tiny;
  const GeneratorEngine engine = tiny.engine();
  const std::vector<float> content = test::synthetic_picture(32, 32, 7);
  const std::vector<float> other = test::random_floats(tiny.code.size(), -1, 1, 8);
  GeneratorRequest request{.content = content, .height = 32, .width = 32, .code = tiny.code};
  const std::vector<float> plain = run(engine, request);
  request.detail = 0;
  EXPECT_GT(largest_difference(plain, run(engine, request)), 1e-3);
  request.detail = 1;
  request.stroke = 2;
  EXPECT_GT(largest_difference(plain, run(engine, request)), 1e-3);
  request.stroke = 1;
  request.code = other;
  EXPECT_GT(largest_difference(plain, run(engine, request)), 1e-3);
}

TEST(GeneratorEngine, PaintsTheSameBytesWithAnyNumberOfThreads) {
  if (test::kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer does not know GCC's OpenMP";
  const TinyModel tiny;
  const std::vector<float> content = test::synthetic_picture(72, 88, 9);
  const GeneratorRequest request{.content = content, .height = 72, .width = 88, .code = tiny.code};
  const std::vector<float> one = run(tiny.engine(1), request);
  EXPECT_EQ(one, run(tiny.engine(2), request));
  EXPECT_EQ(one, run(tiny.engine(3), request));
}

TEST(GeneratorEngine, PaintsOnManyThreadsAtOnce) {
  const TinyModel tiny;
  const GeneratorEngine engine = tiny.engine(1);
  const std::vector<float> small = test::synthetic_picture(24, 24, 10),
                           large = test::synthetic_picture(64, 40, 11);
  const GeneratorRequest first{.content = small, .height = 24, .width = 24, .code = tiny.code};
  const GeneratorRequest second{.content = large, .height = 64, .width = 40, .code = tiny.code};
  const std::vector<float> expected_small = run(engine, first), expected_large = run(engine, second);
  std::vector<std::future<bool>> results;
  for (int i = 0; i < 4; ++i) {
    results.push_back(std::async(std::launch::async, [&, i] {
      return i % 2 ? run(engine, first) == expected_small : run(engine, second) == expected_large;
    }));
  }
  for (auto& result : results) EXPECT_TRUE(result.get());
}

TEST(GeneratorEngine, StaysFiniteOnAFlatPicture) {
  const TinyModel tiny;
  const std::vector<float> content(3 * 32 * 32, 0.25f);
  for (const float value :
       run(tiny.engine(), {.content = content, .height = 32, .width = 32, .code = tiny.code})) {
    ASSERT_TRUE(std::isfinite(value));
  }
}

TEST(GeneratorEngine, RefusesRequestsThatDoNotFit) {
  const TinyModel tiny;
  const GeneratorEngine engine = tiny.engine();
  const std::vector<float> content = test::synthetic_picture(32, 32, 12);
  std::vector<float> painting(content.size());
  const GeneratorRequest good{.content = content, .height = 32, .width = 32, .code = tiny.code};
  const auto id = [&](GeneratorRequest request) { return error_id([&] { engine.run(request, painting); }); };
  EXPECT_EQ(id(good), "none");

  GeneratorRequest bad = good;
  bad.height = 36;
  EXPECT_EQ(id(bad), "engine.size");
  bad.height = 8;
  EXPECT_EQ(id(bad), "engine.size");
  bad.height = 40;
  EXPECT_EQ(id(bad), "engine.size");
  bad = good;
  bad.code = std::span(tiny.code).first(3);
  EXPECT_EQ(id(bad), "engine.code");
  for (const float stroke : {0.0f, 5.0f, std::nanf("")}) {
    bad = good;
    bad.stroke = stroke;
    EXPECT_EQ(id(bad), "engine.stroke");
  }
  for (const float detail : {-0.1f, 1.1f, std::nanf("")}) {
    bad = good;
    bad.detail = detail;
    EXPECT_EQ(id(bad), "engine.detail");
  }
  SiteStatistics statistics;
  bad = good;
  bad.frozen = &statistics;
  EXPECT_EQ(id(bad), "engine.statistics");
}

TEST(GeneratorEngine, RefusesBadOptionsAndWeights) {
  const TinyModel tiny;
  EXPECT_EQ(error_id([&] { tiny.engine(-1); }), "engine.threads");
  GeneratorOptions other = tiny.options;
  other.c2 = 16;
  EXPECT_EQ(error_id([&] { GeneratorEngine(other, test::to_file(tiny.expected, tiny.tensors)); }),
            "model.tensors");
}

TEST(GeneratorEngine, NeedsNoMoreMemoryThanItsHeaderSays) {
  constexpr int kThreads = 2;
  for (const char* name : {"XS", "S", "M", "L"}) {
    const TinyModel tiny(GeneratorOptions::named(name));
    const double c1 = tiny.options.c1, c2 = tiny.options.c2, c3 = tiny.options.c3;
    const double a_pixel =
        std::max({5 * c1 / 4, 3 * c2 / 4, c1 + c2 / 4, c2 / 2 + c3 / 16, c2 / 4 + 3 * c3 / 16});
    const double bytes = static_cast<double>(tiny.engine(kThreads).scratch_bytes(3000, 4000));
    EXPECT_LE(bytes, 3000.0 * 4000 * a_pixel + kThreads * 2097152.0) << name;
  }
}

}  // namespace
}  // namespace atelier::engine
