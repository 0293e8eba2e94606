#include "atelier/engine/style_encoder_engine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/model/expected_tensors.h"
#include "engine/reference_networks.h"

namespace atelier::engine {
namespace {

const PerceptualOptions kPerceptual{.widths = {4, 8, 12, 16}, .convs = {2, 2, 2, 1}};
const StyleEncoderOptions kOptions{
    .palette_dim = 5, .palette_hidden = 12, .texture_dim = 7, .texture_hidden = 20};

struct TinyModel {
  test::Tensors encoder = test::random_tensors(model::expected_encoder_tensors(kOptions, kPerceptual), 1);
  test::Tensors perceptual = test::random_tensors(model::expected_perceptual_tensors(kPerceptual), 2);
  StyleEncoderEngine engine{kOptions,
                            test::to_file(model::expected_encoder_tensors(kOptions, kPerceptual), encoder),
                            kPerceptual,
                            test::to_file(model::expected_perceptual_tensors(kPerceptual), perceptual),
                            {1}};
};

TEST(StyleEncoderEngine, EncodesWhatPlainLoopsEncode) {
  const TinyModel tiny;
  for (const auto& [height, width] : {std::pair{16, 16}, {64, 64}, {100, 71}, {30, 200}}) {
    const std::vector<float> picture = test::synthetic_picture(height, width, 3);
    const std::vector<double> expected = test::encode(kOptions, tiny.encoder, kPerceptual, tiny.perceptual,
                                                      test::to_map(picture, 3, height, width));
    EXPECT_LT(test::relative_rms(tiny.engine.encode(picture, height, width), expected), 1e-4)
        << height << "x" << width;
  }
}

TEST(StyleEncoderEngine, KeepsColourOutOfTheTexture) {
  const TinyModel tiny;
  std::vector<float> picture = test::synthetic_picture(40, 40, 4), grey = picture;
  for (std::size_t i = 0; i < 1600; ++i) {
    const float luma = 0.299f * picture[i] + 0.587f * picture[1600 + i] + 0.114f * picture[3200 + i];
    grey[i] = grey[1600 + i] = grey[3200 + i] = luma;
  }
  const std::vector<float> a = tiny.engine.encode(picture, 40, 40), b = tiny.engine.encode(grey, 40, 40);
  double palette = 0;
  for (std::size_t i = 0; i < 5; ++i) palette = std::max(palette, static_cast<double>(std::abs(a[i] - b[i])));
  EXPECT_GT(palette, 1e-2);
  for (std::size_t i = 5; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-3);
}

TEST(StyleEncoderEngine, StaysFiniteOnOneColour) {
  const TinyModel tiny;
  const std::vector<float> picture(3 * 32 * 32, 0.5f);
  for (const float value : tiny.engine.encode(picture, 32, 32)) EXPECT_TRUE(std::isfinite(value));
}

TEST(StyleEncoderEngine, RefusesPicturesThatAreTooSmall) {
  const TinyModel tiny;
  const std::vector<float> picture(3 * 12 * 40);
  EXPECT_THROW(tiny.engine.encode(picture, 12, 40), Error);
  EXPECT_THROW(tiny.engine.encode(picture, 40, 40), Error);
}

TEST(PaletteStatistics, KnowsTheLabOfWhiteAndTheSpreadOfOneColour) {
  const std::vector<float> white(3 * 20 * 20, 1.0f);
  const std::vector<float> numbers = palette_statistics(white, 20, 20);
  ASSERT_EQ(numbers.size(), 24u);
  EXPECT_NEAR(numbers[0], 1, 1e-5);
  EXPECT_NEAR(numbers[1], 0, 1e-4);
  EXPECT_NEAR(numbers[2], 0, 1e-4);
  for (const std::size_t diagonal : {3, 5, 8}) EXPECT_NEAR(numbers[diagonal], 0.01, 1e-6);
  for (const std::size_t band : {9, 12, 15, 18, 21}) EXPECT_NEAR(numbers[band], 1, 1e-5);
}

TEST(PaletteStatistics, OrdersItsFifthsByLightness) {
  const std::vector<float> picture = test::synthetic_picture(80, 60, 5);
  const std::vector<float> numbers = palette_statistics(picture, 80, 60);
  for (const std::size_t band : {9, 12, 15, 18}) EXPECT_LT(numbers[band], numbers[band + 3]);
}

}  // namespace
}  // namespace atelier::engine
