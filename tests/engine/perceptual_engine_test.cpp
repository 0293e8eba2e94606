#include "atelier/engine/perceptual_engine.h"

#include <gtest/gtest.h>

#include <vector>

#include "atelier/core/error.h"
#include "atelier/model/expected_tensors.h"
#include "engine/reference_networks.h"

namespace atelier::engine {
namespace {

const PerceptualOptions kOptions{.widths = {5, 8, 20, 24}, .convs = {2, 1, 3, 2}};

TEST(PerceptualEngine, MeasuresWhatPlainLoopsMeasure) {
  const auto expected = model::expected_perceptual_tensors(kOptions);
  const test::Tensors tensors = test::random_tensors(expected, 3);
  const PerceptualEngine engine(kOptions, test::to_file(expected, tensors), {1});
  for (const auto& [height, width] : {std::pair{16, 16}, {33, 47}, {61, 18}}) {
    const std::vector<float> picture = test::synthetic_picture(height, width, 4);
    const std::vector<double> reference =
        test::perceptual_statistics(kOptions, tensors, test::to_map(picture, 3, height, width));
    EXPECT_EQ(static_cast<int>(reference.size()), kOptions.statistics());
    EXPECT_LT(test::relative_rms(engine.statistics(picture, height, width), reference), 1e-5)
        << height << "x" << width;
  }
}

TEST(PerceptualEngine, GivesTheSameNumbersWithAnyNumberOfThreads) {
  if (test::kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer does not know GCC's OpenMP";
  const auto expected = model::expected_perceptual_tensors(kOptions);
  const weights::SafetensorsFile file = test::to_file(expected, test::random_tensors(expected, 5));
  const std::vector<float> picture = test::synthetic_picture(70, 90, 6);
  EXPECT_EQ(PerceptualEngine(kOptions, file, {1}).statistics(picture, 70, 90),
            PerceptualEngine(kOptions, file, {2}).statistics(picture, 70, 90));
}

TEST(PerceptualEngine, RefusesPicturesThatAreTooSmall) {
  const auto expected = model::expected_perceptual_tensors(kOptions);
  const PerceptualEngine engine(kOptions, test::to_file(expected, test::random_tensors(expected, 7)), {1});
  const std::vector<float> picture(3 * 15 * 64);
  EXPECT_THROW(engine.statistics(picture, 15, 64), Error);
}

}  // namespace
}  // namespace atelier::engine
