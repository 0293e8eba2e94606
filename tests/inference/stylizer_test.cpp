#include "atelier/inference/stylizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "support/fake_model.h"
#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

using test::synthetic_photo;

class StylizerTest : public testing::Test {
 protected:
  StylizerTest() : stylizer_(manifest(), std::make_unique<test::FakeStyleTransferModel>(log_)) {}

  static model::Manifest manifest() {
    model::Manifest manifest;
    manifest.space_id = "fake";
    manifest.default_detail = 0.25f;
    return manifest;
  }

  std::string error_id(const Image& content, const StyleCode& code, const StylizeOptions& options) const {
    try {
      stylizer_.stylize(content, code, options);
    } catch (const Error& error) {
      return error.id();
    }
    return "none";
  }

  test::FakeModelLog log_;
  Stylizer stylizer_;
  const StyleCode code_{"fake", {1, -1, 0.5f}};
};

double largest_difference(const Image& a, const Image& b) {
  const std::vector<float> x = a.to_planar(), y = b.to_planar();
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(x[i]) - y[i]));
  return most;
}

TEST_F(StylizerTest, GivesEverySizeBackExactly) {
  for (int width = 1; width <= 67; width += 3) {
    for (const int height : {1, 2, 3, 5, 16, 31, 67}) {
      const Image painting = stylizer_.stylize(synthetic_photo(width, height, 1), code_);
      EXPECT_EQ(painting.width(), width);
      EXPECT_EQ(painting.height(), height);
    }
  }
}

TEST_F(StylizerTest, KeepsThePhotoBitForBitAtStrengthZeroWithoutAskingTheModel) {
  Image photo = synthetic_photo(33, 21, 1).to_depth(Depth::U16);
  photo.add_alpha();
  photo.alpha16()[5] = 77;
  photo.set_icc_profile({1, 2, 3});
  StylizeOptions options;
  options.strength = 0;
  EXPECT_EQ(stylizer_.stylize(photo, code_, options), photo);
  EXPECT_EQ(log_.paints + log_.encodes, 0);
}

TEST_F(StylizerTest, LaysThePhotoOnTheCanvasThatItsModelWasTrainedOn) {
  model::Manifest on_canvas = manifest();
  on_canvas.canvas = 0.02f;
  const Stylizer trained_on_it(on_canvas, std::make_unique<test::FakeStyleTransferModel>(log_));
  const Image photo = synthetic_photo(96, 64, 1);
  StylizeOptions options;
  options.detail = 1;  // of this model: the content as it sees it
  options.depth = Depth::U16;
  const Image plain = stylizer_.stylize(photo, code_, options);
  const Image laid = trained_on_it.stylize(photo, code_, options);
  EXPECT_GT(largest_difference(plain, laid), 0.02);
  EXPECT_LT(largest_difference(plain, laid), 0.12);
  EXPECT_EQ(laid, trained_on_it.stylize(photo, code_, options)) << "the same every time";
  options.strength = 0;
  EXPECT_EQ(trained_on_it.stylize(photo, code_, options), photo.to_depth(Depth::U16));
}

TEST_F(StylizerTest, KeepsDepthAlphaAndProfile) {
  for (const Depth depth : {Depth::U8, Depth::U16}) {
    Image photo = synthetic_photo(40, 24, 1);
    photo.add_alpha();
    for (std::size_t i = 0; i < photo.pixels(); ++i) photo.alpha8()[i] = static_cast<std::uint8_t>(i % 256);
    photo = photo.to_depth(depth);
    photo.set_icc_profile({9, 8, 7});
    const Image painting = stylizer_.stylize(photo, code_);
    EXPECT_EQ(painting.depth(), depth);
    EXPECT_EQ(painting.icc_profile(), photo.icc_profile());
    Image alpha_of_both = painting;
    alpha_of_both.copy_alpha_from(photo);
    EXPECT_EQ(painting, alpha_of_both);
  }
}

TEST_F(StylizerTest, PaintsSixteenBitsFromAnEightBitPhotoWhenAsked) {
  StylizeOptions options;
  options.depth = Depth::U16;
  const Image painting = stylizer_.stylize(synthetic_photo(64, 64, 1), code_, options);
  ASSERT_EQ(painting.depth(), Depth::U16);
  const auto is_fine = [](std::uint16_t v) { return v % 257 != 0; };
  EXPECT_TRUE(std::ranges::any_of(painting.rgb16(), is_fine));
}

TEST_F(StylizerTest, PassesAnInvisiblePictureUnchanged) {
  Image photo = synthetic_photo(20, 20, 1);
  photo.add_alpha();
  std::ranges::fill(photo.alpha8(), 0);
  EXPECT_EQ(stylizer_.stylize(photo, code_), photo);
  EXPECT_EQ(log_.paints, 0);
}

TEST_F(StylizerTest, PaintsTheSameWhateverHiddenPixelsHold) {
  Image black = synthetic_photo(48, 48, 1);
  black.add_alpha();
  Image white = black;
  for (std::size_t i = 0; i < 48 * 20; ++i) {
    black.alpha8()[i] = white.alpha8()[i] = 0;
    for (std::size_t c = 0; c < 3; ++c) black.rgb8()[3 * i + c] = 0, white.rgb8()[3 * i + c] = 255;
  }
  EXPECT_EQ(stylizer_.stylize(black, code_), stylizer_.stylize(white, code_));
}

TEST_F(StylizerTest, GoesToThePhotoContinuously) {
  const Image photo = synthetic_photo(64, 48, 2).to_depth(Depth::U16);
  Image before = photo;
  double largest_step = 0;
  for (int i = 0; i <= 100; ++i) {
    StylizeOptions options;
    options.strength = static_cast<float>(i) / 100;
    const Image painting = stylizer_.stylize(photo, code_, options);
    largest_step = std::max(largest_step, largest_difference(painting, before));
    before = painting;
  }
  EXPECT_LT(largest_step, 0.06);
  EXPECT_GT(largest_difference(before, photo), 0.2);
}

TEST_F(StylizerTest, MixesTheContentsOwnCodeAndRaisesDetailBelowFullStrength) {
  const Image photo = synthetic_photo(64, 64, 2);
  StylizeOptions options;
  options.strength = 0.5f;
  stylizer_.stylize(photo, code_, options);
  const StyleCode own = stylizer_.encode(photo);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(log_.last_code[i], (own.values[i] + code_.values[i]) / 2, 1e-5f);
  EXPECT_FLOAT_EQ(log_.last_detail, 1 - (1 - 0.25f) * 0.5f);
}

TEST_F(StylizerTest, UsesTheModelsDetailUnlessToldOtherwise) {
  stylizer_.stylize(Image(16, 16), code_);
  EXPECT_FLOAT_EQ(log_.last_detail, 0.25f);
  StylizeOptions options;
  options.detail = 1.0f;
  const Image photo = synthetic_photo(30, 20, 7);
  EXPECT_EQ(stylizer_.stylize(photo, code_, options), photo);  // the fake keeps every line at detail 1
}

TEST_F(StylizerTest, PaintsTilesAsItPaintsTheWhole) {
  const Image photo = synthetic_photo(403, 277, 3);
  const Image whole = stylizer_.stylize(photo, code_);
  StylizeOptions options;
  for (const int tile : {64, 96, 200}) {
    options.tile = tile;
    log_.paints = 0;
    EXPECT_LE(largest_difference(stylizer_.stylize(photo, code_, options), whole), 1.01 / 255)
        << "tile " << tile;
    EXPECT_GT(log_.paints, 2);
  }
}

TEST_F(StylizerTest, PaintsLargePicturesInTilesByItself) {
  struct Planned {
    int tiles;
  };
  StylizeOptions options;
  options.progress = [](int, int total) { throw Planned{total}; };
  const auto planned_tiles = [&](int width, int height) {
    try {
      stylizer_.stylize(Image(width, height), code_, options);
    } catch (const Planned& planned) {
      return planned.tiles;
    }
    return 0;
  };
  EXPECT_EQ(planned_tiles(4000, 3000), 1);
  EXPECT_EQ(planned_tiles(5000, 3400), 20);
}

TEST_F(StylizerTest, PaintsSmallerForASizeAndForLargerStrokes) {
  const Image photo = synthetic_photo(320, 160, 3);
  StylizeOptions options;
  options.size = 160;
  EXPECT_EQ(stylizer_.stylize(photo, code_, options).width(), 320);
  EXPECT_EQ(log_.last_width, 160);
  EXPECT_EQ(log_.last_height, 80);
  options.stroke = 2;
  EXPECT_EQ(stylizer_.stylize(photo, code_, options).width(), 320);
  EXPECT_EQ(log_.last_width, 80);
  options.size = 0;
  options.stroke = 0.5f;
  EXPECT_EQ(stylizer_.stylize(photo, code_, options).width(), 320);
  EXPECT_EQ(log_.last_width, 640);
}

TEST_F(StylizerTest, PaintsStrokesAsLargeAsInTheStyleFirstAndThenOverThem) {
  model::Manifest knows_its_strokes = manifest();
  knows_its_strokes.stroke_side = 80;
  const Stylizer stylizer(knows_its_strokes, std::make_unique<test::FakeStyleTransferModel>(log_));
  std::vector<int> widths;
  std::vector<float> details;
  StylizeOptions options;
  options.progress = [&](int done, int total) {
    EXPECT_EQ(total, 2);
    if (done == 0) return;
    widths.push_back(log_.last_width);
    details.push_back(log_.last_detail);
  };
  EXPECT_EQ(stylizer.stylize(synthetic_photo(320, 160, 3), code_, options).width(), 320);
  EXPECT_THAT(widths, testing::ElementsAre(160, 320));
  EXPECT_THAT(details, testing::ElementsAre(0.25f, 1.0f));  // the second pass keeps what the first painted
}

TEST_F(StylizerTest, TellsTheModelOfStrokesWithinWhatItHasLearned) {
  for (const auto& [asked, told] : {std::pair(0.25f, 0.71f), {0.6f, 0.846f}, {1.0f, 1.41f}, {4.0f, 1.41f}}) {
    StylizeOptions options;
    options.stroke = asked;
    stylizer_.stylize(synthetic_photo(96, 64, 3), code_, options);
    EXPECT_FLOAT_EQ(log_.last_stroke, told);
  }
}

TEST_F(StylizerTest, LeavesThePaintedSizeWhenAsked) {
  Image photo = synthetic_photo(320, 160, 3);
  photo.add_alpha();
  StylizeOptions options;
  options.size = 100;
  options.keep_painted_size = true;
  for (const float strength : {0.0f, 1.0f}) {
    options.strength = strength;
    const Image painting = stylizer_.stylize(photo, code_, options);
    EXPECT_EQ(painting.width(), 100);
    EXPECT_EQ(painting.height(), 50);
    EXPECT_TRUE(painting.has_alpha());
  }
}

TEST_F(StylizerTest, KeepsColoursWhenAsked) {
  const Image photo(32, 32);  // black: no chroma at all
  StylizeOptions options;
  options.colour = Colour::Keep;
  const Image painting = stylizer_.stylize(photo, code_, options);
  for (std::size_t i = 0; i < painting.pixels(); ++i) {
    EXPECT_NEAR(painting.rgb8()[3 * i], painting.rgb8()[3 * i + 1], 1);
    EXPECT_NEAR(painting.rgb8()[3 * i], painting.rgb8()[3 * i + 2], 1);
  }
}

TEST_F(StylizerTest, TakesThePaletteOfAnotherPicture) {
  Image red(32, 32);
  for (std::size_t i = 0; i < red.pixels(); ++i) red.rgb8()[3 * i] = 200;
  StylizeOptions options;
  options.colour = Colour::Palette;
  options.palette = &red;
  const Image painting = stylizer_.stylize(synthetic_photo(64, 64, 1), code_, options);
  EXPECT_NEAR(painting.rgb8()[0], 200, 3);
  EXPECT_NEAR(painting.rgb8()[1], 0, 6);
}

TEST_F(StylizerTest, RefusesWhatItCannotPaint) {
  const Image photo = synthetic_photo(64, 64, 1);
  const auto with = [](auto change) {
    StylizeOptions options;
    change(options);
    return options;
  };
  const float nan = std::nanf("");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.strength = 1.01f; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([&](auto& o) { o.strength = nan; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.detail = -0.1f; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.stroke = 5; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.size = -1; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.tile = 8; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.colour = Colour::Palette; })), "stylize.option");
  EXPECT_EQ(error_id(photo, code_, with([](auto& o) { o.size = 30'000; })), "stylize.too_large");
  EXPECT_EQ(error_id(photo, {"other", {1, 2, 3}}, {}), "style.space");
  EXPECT_EQ(log_.paints, 0);
}

TEST_F(StylizerTest, NeverReturnsAPaintingWithNumbersThatAreNoColours) {
  log_.paints_nan = true;
  EXPECT_EQ(error_id(synthetic_photo(64, 64, 1), code_, {}), "stylize.not_finite");
}

TEST_F(StylizerTest, ReportsProgressAndStopsWhenTheReportThrows) {
  struct Stop {};
  std::vector<int> seen;
  StylizeOptions options;
  options.tile = 64;
  options.progress = [&](int done, int total) {
    EXPECT_EQ(total, 6);
    seen.push_back(done);
    if (done == 2) throw Stop();
  };
  EXPECT_THROW(stylizer_.stylize(synthetic_photo(192, 128, 1), code_, options), Stop);
  EXPECT_THAT(seen, testing::ElementsAre(0, 1, 2));
}

TEST_F(StylizerTest, EncodesAPictureAtEverySizeAlike) {
  const StyleCode small = stylizer_.encode(synthetic_photo(300, 256, 6));
  const StyleCode large = stylizer_.encode(synthetic_photo(1200, 1024, 6));
  EXPECT_EQ(small.space, "fake");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(small.values[i], large.values[i], 0.01f);
}

TEST_F(StylizerTest, RefusesStylePicturesTooSmallToShowStrokes) {
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(15, 400), std::pair(400, 15)}) {
    try {
      stylizer_.encode(Image(width, height));
      ADD_FAILURE() << width << "x" << height << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.id(), "style.too_small");
      EXPECT_EQ(error.code(), ErrorCode::BadData);
    }
  }
  EXPECT_NO_THROW(stylizer_.encode(Image(16, 16)));
}

TEST_F(StylizerTest, EncodesVeryLongPicturesFromTheirMiddle) {
  Image strip(20'000, 20);
  for (std::size_t i = 0; i < strip.rgb8().size(); ++i) strip.rgb8()[i] = 90;
  EXPECT_NEAR(stylizer_.encode(strip).values[0], 90 / 255.0f, 1e-3f);
}

TEST_F(StylizerTest, GivesTheSamePixelsAgain) {
  const Image photo = synthetic_photo(200, 133, 8);
  StylizeOptions options;
  options.strength = 0.6f;
  options.tile = 64;
  EXPECT_EQ(stylizer_.stylize(photo, code_, options), stylizer_.stylize(photo, code_, options));
}

}  // namespace
}  // namespace atelier::inference
