#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "atelier/inference/engine_model.h"
#include "atelier/inference/stylizer.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::inference {
namespace {

class EngineTiles : public testing::Test {
 protected:
  EngineTiles()
      : bundle_(model::ModelBundle::open(test::write_tiny_bundle(folder_))),
        stylizer_(bundle_->manifest(), std::make_unique<EngineModel>(*bundle_)) {}

  Image paint(const Image& photo, int tile) const {
    StylizeOptions options;
    options.tile = tile;
    options.depth = Depth::U16;
    return stylizer_.stylize(photo, bundle_->styles().styles().front().code, options);
  }

  test::TempDir folder_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  Stylizer stylizer_;
};

double psnr(const Image& a, const Image& b) {
  const std::vector<float> x = a.to_planar(), y = b.to_planar();
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += std::pow(static_cast<double>(x[i]) - y[i], 2);
  return -10 * std::log10(squares / static_cast<double>(x.size()) + 1e-12);
}

// Mean step across the columns that are multiples of `every`, over the mean step across all others.
double seam_ratio(const Image& image, int every) {
  const std::vector<float> planes = image.to_planar();
  const auto width = static_cast<std::size_t>(image.width());
  double seam = 0, elsewhere = 0;
  std::size_t seams = 0, others = 0;
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t x = i % width;
    if (x == 0) continue;
    const double step = std::abs(static_cast<double>(planes[i]) - planes[i - 1]);
    if (x % static_cast<std::size_t>(every) == 0) {
      seam += step, ++seams;
    } else {
      elsewhere += step, ++others;
    }
  }
  return seam / static_cast<double>(seams) / (elsewhere / static_cast<double>(others));
}

TEST_F(EngineTiles, ShowNoSeamsAndAgreeWithTheWhole) {
  const Image photo = test::synthetic_photo(512, 256, 3);
  const Image whole = paint(photo, 0), tiled = paint(photo, 128);
  EXPECT_GT(psnr(tiled, whole), 35);
  EXPECT_LT(seam_ratio(tiled, 128), 1.05 * seam_ratio(whole, 128) + 0.02);
}

TEST_F(EngineTiles, PaintEverySmallSize) {
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(1, 40), std::pair(3, 5), std::pair(67, 31)}) {
    const Image painting = paint(test::synthetic_photo(width, height, 2), 0);
    EXPECT_EQ(painting.width(), width);
    EXPECT_EQ(painting.height(), height);
  }
}

}  // namespace
}  // namespace atelier::inference
