#include "atelier/image/noise_field.h"

#include <gtest/gtest.h>

#include <cmath>

namespace atelier {
namespace {

double mean_of(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<float>& values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * value;
  return squares / static_cast<double>(values.size()) - std::pow(mean_of(values), 2);
}

TEST(NoiseField, HasMeanZeroAndVarianceOneWhateverItsStep) {
  for (const float step : {0.7f, 1.0f, 2.3f, 6.0f}) {
    std::vector<float> values(400 * 400);
    const NoiseField field(3, step, 0, 400);
    for (int y = 0; y < 400; ++y)
      field.add_row(y, 1, {values.data() + 400 * static_cast<std::ptrdiff_t>(y), 400});
    EXPECT_NEAR(mean_of(values), 0, 0.05) << step;
    EXPECT_NEAR(variance_of(values), 1, 0.1) << step;
  }
}

TEST(NoiseField, PiecesFitTogether) {
  std::vector<float> whole(60), left(25), right(35);
  NoiseField(5, 3.7f, -20, 60).add_row(11, 0.5f, whole);
  NoiseField(5, 3.7f, -20, 25).add_row(11, 0.5f, left);
  NoiseField(5, 3.7f, 5, 35).add_row(11, 0.5f, right);
  left.insert(left.end(), right.begin(), right.end());
  EXPECT_EQ(whole, left);
}

std::vector<float> canvas_at(std::int64_t x, std::int64_t y, std::size_t width, std::size_t height) {
  const Canvas canvas(x, width);
  std::vector<float> values(width * height);
  for (std::size_t row = 0; row < height; ++row)
    canvas.row(y + static_cast<std::int64_t>(row), {values.data() + row * width, width});
  return values;
}

TEST(CanvasNoise, IsOneFieldOfVarianceOneWhereverOneLooks) {
  const std::vector<float> canvas = canvas_at(0, 0, 300, 200), piece = canvas_at(120, 70, 40, 30);
  EXPECT_NEAR(variance_of(canvas), 1, 0.1);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x)
      ASSERT_EQ(piece[static_cast<std::size_t>(40 * y + x)],
                canvas[static_cast<std::size_t>(300 * (y + 70) + x + 120)]);
  }
}

}  // namespace
}  // namespace atelier
