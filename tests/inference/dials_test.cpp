// The dials on the model that ships, whose promises they are. LPIPS needs LibTorch and its weights, so what
// an eye sees is measured with the model's own perceptual network: its statistics in patches of 32 pixels.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "atelier/engine/perceptual_engine.h"
#include "atelier/inference/engine_model.h"
#include "atelier/inference/stylizer.h"
#include "atelier/style/user_styles.h"
#include "support/synthetic_photo.h"

namespace atelier::inference {
namespace {

constexpr int kSide = 192;

std::vector<double> luma(const Image& image) {
  const std::vector<float> planes = image.to_planar();
  const std::size_t count = image.pixels();
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = 0.299 * planes[i] + 0.587 * planes[count + i] + 0.114 * planes[2 * count + i];
  return values;
}

// Standard deviation of the luma in squares of 16 pixels, its mean over columns [from, to).
double local_contrast(const Image& image, int from, int to) {
  const std::vector<double> values = luma(image);
  double sum = 0;
  int squares = 0;
  for (int top = 0; top + 16 <= image.height(); top += 16) {
    for (int left = from; left + 16 <= to; left += 16) {
      double mean = 0, square = 0;
      for (int i = 0; i < 256; ++i) {
        const double v = values[static_cast<std::size_t>((top + i / 16) * image.width() + left + i % 16)];
        mean += v / 256, square += v * v / 256;
      }
      sum += std::sqrt(std::max(0.0, square - mean * mean));
      ++squares;
    }
  }
  return sum / squares;
}

// Centre of gravity of the horizontal spectrum between 3 cycles and the highest, in octaves: log2 of cycles.
double spectral_centroid(const Image& image) {
  const std::vector<double> values = luma(image);
  const int width = image.width();
  double weighted = 0, total = 0;
  for (int k = 3; k < width / 2; ++k) {
    double power = 0;
    for (int y = 0; y < image.height(); y += 4) {
      std::complex<double> sum = 0;
      for (int x = 0; x < width; ++x) {
        const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (x + 0.5) / width);
        sum += window * values[static_cast<std::size_t>(y * width + x)] *
               std::polar(1.0, -2 * std::numbers::pi * k * x / width);
      }
      power += std::norm(sum);
    }
    weighted += power * std::log2(k);
    total += power;
  }
  return weighted / total;
}

std::array<double, 3> mean_lab(const Image& image) {
  const std::vector<float> planes = image.to_planar();
  const std::size_t count = image.pixels();
  std::array<double, 3> mean{};
  for (std::size_t i = 0; i < count; ++i) {
    const Lab lab = srgb_to_lab({planes[i], planes[count + i], planes[2 * count + i]});
    for (std::size_t c = 0; c < 3; ++c) mean[c] += lab[c] / static_cast<double>(count);
  }
  return mean;
}

double distance(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

double largest_difference(const Image& a, const Image& b, int from, int to) {
  const std::vector<float> x = a.to_planar(), y = b.to_planar();
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int column = static_cast<int>(i % static_cast<std::size_t>(a.width()));
    if (column >= from && column < to) most = std::max(most, std::abs(static_cast<double>(x[i]) - y[i]));
  }
  return most;
}

// `left` up to column `from`, `right` from column `to` on, a straight line between.
Image ramp(int from, int to, double left = 0, double right = 1) {
  Image mask(kSide, kSide);
  for (int i = 0; i < kSide * kSide; ++i) {
    const int x = i % kSide;
    const double t = x < from ? 0 : x >= to ? 1 : static_cast<double>(x - from) / (to - from);
    for (int c = 0; c < 3; ++c) {
      mask.rgb8()[static_cast<std::size_t>(3 * i + c)] =
          static_cast<std::uint8_t>(std::lround(255 * (left + (right - left) * t)));
    }
  }
  return mask;
}

class DialsOfTheShippedModel : public testing::Test {
 protected:
  struct Shipped {
    std::shared_ptr<const model::ModelBundle> bundle =
        model::ModelBundle::open(std::filesystem::path(ATELIER_SOURCE_DIR) / "models/base");
    Stylizer stylizer{bundle->manifest(), std::make_unique<EngineModel>(*bundle, engine::EngineOptions{1})};
    engine::PerceptualEngine perceptual{bundle->manifest().perceptual, bundle->perceptual(), {1}};
  };
  static const Shipped& shipped() {
    static const Shipped shipped;
    return shipped;
  }

  static StyleCode style(const std::string& name) {
    for (const style::NamedStyle& each : shipped().bundle->styles().styles()) {
      if (each.name == name) return each.code;
    }
    throw std::runtime_error("no style " + name);
  }

  Image paint(const StylizeOptions& options, const char* name = "vangogh-starry-night") const {
    StylizeOptions deep = options;
    deep.depth = Depth::U16;
    return shipped().stylizer.stylize(photo_, style(name), deep);
  }

  static StyleRegion region(const char* name, const Image& mask) {
    StyleRegion part;
    part.style = style(name);
    part.mask = &mask;
    part.name = "mask";
    return part;
  }

  // Mean difference of the perceptual network's statistics, patch by patch; `deepest` only those of relu4_1.
  static double perceived_difference(const Image& a, const Image& b, bool deepest = false) {
    constexpr int kPatch = 32;
    const std::vector<float> x = a.to_planar(), y = b.to_planar();
    const auto patch = [&](const std::vector<float>& planes, int top, int left) {
      std::vector<float> cut;
      for (std::size_t c = 0; c < 3; ++c) {
        for (int row = top; row < top + kPatch; ++row) {
          const auto begin =
              planes.begin() + static_cast<std::ptrdiff_t>(c * a.pixels()) + row * a.width() + left;
          cut.insert(cut.end(), begin, begin + kPatch);
        }
      }
      return shipped().perceptual.statistics(cut, kPatch, kPatch);
    };
    double sum = 0;
    std::size_t count = 0;
    for (int top = 0; top + kPatch <= a.height(); top += kPatch) {
      for (int left = 0; left + kPatch <= a.width(); left += kPatch) {
        const std::vector<float> p = patch(x, top, left), q = patch(y, top, left);
        const std::size_t first =
            deepest ? p.size() - 2 * static_cast<std::size_t>(shipped().perceptual.options().widths[3]) : 0;
        for (std::size_t i = first; i < p.size(); ++i, ++count) sum += std::abs(p[i] - q[i]);
      }
    }
    return sum / static_cast<double>(count);
  }

  const Image photo_ = test::synthetic_photo(kSide, kSide, 3);
};

TEST_F(DialsOfTheShippedModel, StrengthZeroIsThePhotoAndMoreIsEverFurtherFromIt) {
  double before = -1;
  for (const float strength : {0.0f, 0.1f, 0.25f, 0.5f, 0.75f, 1.0f}) {
    StylizeOptions options;
    options.strength = strength;
    const double difference = perceived_difference(paint(options), photo_);
    RecordProperty("strength_" + std::to_string(strength), std::to_string(difference));
    EXPECT_GT(difference, before) << strength;
    EXPECT_EQ(difference == 0, strength == 0) << strength;
    before = difference;
  }
}

TEST_F(DialsOfTheShippedModel, MoreDetailKeepsMoreOfThePhotosContent) {
  for (const char* name : {"vangogh-starry-night", "monet-water-lilies"}) {
    double before = INFINITY;
    for (const float detail : {0.0f, 0.25f, 0.5f, 0.75f, 1.0f}) {
      StylizeOptions options;
      options.detail = detail;
      // Colours are not content.
      options.colour = Colour::Keep;
      const double loss = perceived_difference(paint(options, name), photo_, true);
      RecordProperty(std::string(name) + "_detail_" + std::to_string(detail), std::to_string(loss));
      EXPECT_LT(loss, before) << name << " " << detail;
      before = loss;
    }
  }
}

TEST_F(DialsOfTheShippedModel, StrokesMoveTheSpectrumAsAsked) {
  // Little of a photo, so that what is seen are the strokes.
  Image plain(kSide, kSide);
  for (int i = 0; i < kSide * kSide; ++i) {
    for (int c = 0; c < 3; ++c) {
      plain.rgb8()[static_cast<std::size_t>(3 * i + c)] =
          static_cast<std::uint8_t>(60 + 10 * c + (i / kSide + i % kSide) / 3);
    }
  }
  std::vector<double> octaves;
  for (const float stroke : {0.25f, 0.5f, 1.0f, 2.0f, 4.0f}) {
    StylizeOptions options;
    options.stroke = stroke;
    options.detail = 0;
    octaves.push_back(
        spectral_centroid(shipped().stylizer.stylize(plain, style("vangogh-starry-night"), options)));
    RecordProperty("cycles_at_stroke_" + std::to_string(stroke), std::to_string(std::exp2(octaves.back())));
  }
  for (std::size_t i = 1; i < octaves.size(); ++i) EXPECT_LT(octaves[i], octaves[i - 1] - 0.2) << i;
  // Twice the stroke is one octave down; at the ends the picture has too few pixels or too few strokes to
  // tell.
  EXPECT_NEAR(octaves[1] - octaves[2], 1, 0.5);
  EXPECT_NEAR(octaves[2] - octaves[3], 1, 0.5);
}

TEST_F(DialsOfTheShippedModel, AMaskOfOneValueIsThatStyleAlone) {
  for (const auto& [value, name] :
       {std::pair(0.0, "vangogh-starry-night"), std::pair(1.0, "hokusai-great-wave")}) {
    const Image mask = ramp(0, 0, value, value);
    StylizeOptions options;
    options.regions = {region("hokusai-great-wave", mask)};
    EXPECT_LT(largest_difference(paint(options), paint({}, name), 0, kSide), 1e-3) << name;
  }
}

TEST_F(DialsOfTheShippedModel, AHardMaskLeavesEachSideItsOwnStyleAwayFromTheEdge) {
  const Image mask = ramp(kSide / 2, kSide / 2);
  StylizeOptions options;
  options.regions = {region("hokusai-great-wave", mask)};
  const Image both = paint(options), left = paint({}), right = paint({}, "hokusai-great-wave");
  EXPECT_LT(largest_difference(both, left, 0, 32), 0.02);
  EXPECT_LT(largest_difference(both, right, kSide - 32, kSide), 0.02);
  EXPECT_GT(largest_difference(left, right, 0, 32), 0.2);
}

TEST_F(DialsOfTheShippedModel, SoftMasksHaveNoDeadZone) {
  for (const auto& [outside, inside] : {std::pair("vangogh-starry-night", "hokusai-great-wave"),
                                        std::pair("monet-water-lilies", "kandinsky-composition"),
                                        std::pair("ink-mountains", "vangogh-sunflowers")}) {
    const double a = local_contrast(paint({}, outside), 0, kSide),
                 b = local_contrast(paint({}, inside), 0, kSide);
    RecordProperty(std::string(outside) + "_alone", std::to_string(a));
    RecordProperty(std::string(inside) + "_alone", std::to_string(b));
    for (const double share : {0.25, 0.5, 0.75}) {
      const Image mask = ramp(0, 0, share, share);
      StylizeOptions options;
      options.regions = {region(inside, mask)};
      const double mixed = local_contrast(paint(options, outside), 0, kSide);
      RecordProperty(std::string(outside) + "_" + std::to_string(share), std::to_string(mixed));
      EXPECT_GT(mixed, 0.97 * std::min(a, b)) << outside << " " << share;
    }
  }
}

TEST_F(DialsOfTheShippedModel, SoftEdgesHaveNoDeadZoneWhereverTheyAre) {
  const Image mask = ramp(kSide / 4, 3 * kSide / 4);
  StylizeOptions options;
  options.regions = {region("hokusai-great-wave", mask)};
  const Image soft = paint(options), left = paint({}), right = paint({}, "hokusai-great-wave");
  for (int x = 0; x < kSide; x += 32) {
    EXPECT_GT(local_contrast(soft, x, x + 32),
              0.9 * std::min(local_contrast(left, x, x + 32), local_contrast(right, x, x + 32)))
        << x;
  }
}

TEST_F(DialsOfTheShippedModel, MasksWorkInTiles) {
  const Image mask = ramp(kSide / 4, 3 * kSide / 4);
  StylizeOptions options;
  options.regions = {region("hokusai-great-wave", mask)};
  const Image whole = paint(options);
  options.tile = 96;
  const std::vector<float> x = paint(options).to_planar(), y = whole.to_planar();
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) squares += std::pow(static_cast<double>(x[i]) - y[i], 2);
  EXPECT_GT(-10 * std::log10(squares / static_cast<double>(x.size())), 35);
}

TEST_F(DialsOfTheShippedModel, APartOfStrengthZeroIsThePhotoBitForBit) {
  const Image mask = ramp(kSide / 2, kSide / 2);
  StylizeOptions options;
  options.grain.strength = 0.5f;
  options.regions = {region("hokusai-great-wave", mask)};
  options.regions.front().strength = 0.0f;
  EXPECT_EQ(largest_difference(paint(options), photo_, kSide / 2, kSide), 0);
  EXPECT_GT(largest_difference(paint(options), photo_, 0, kSide / 2), 0.1);
}

TEST_F(DialsOfTheShippedModel, SeveralPartsPaintTheirOwn) {
  const Image right = ramp(2 * kSide / 3, 2 * kSide / 3), left = ramp(kSide / 3, kSide / 3, 1, 0);
  StylizeOptions options;
  options.regions = {region("hokusai-great-wave", right), region("monet-water-lilies", left)};
  const Image three = paint(options);
  EXPECT_LT(largest_difference(three, paint({}, "monet-water-lilies"), 0, 8), 0.05);
  EXPECT_LT(largest_difference(three, paint({}, "hokusai-great-wave"), kSide - 8, kSide), 0.05);
}

TEST_F(DialsOfTheShippedModel, ADetailMaskKeepsLinesOnlyWhereItIsWhite) {
  const Image mask = ramp(kSide / 2, kSide / 2);
  StylizeOptions options, painted, drawn;
  options.detail = painted.detail = 0;
  drawn.detail = 1;
  options.detail_masks = {&mask};
  const Image both = paint(options);
  EXPECT_LT(largest_difference(both, paint(painted), 0, 32), 0.02);
  EXPECT_LT(largest_difference(both, paint(drawn), kSide - 32, kSide), 0.02);
}

TEST_F(DialsOfTheShippedModel, ProtectionKeepsMoreOfFineStructureAndLeavesTheRest) {
  // Letters, nearly: bars of two pixels in a smooth picture.
  Image page = photo_;
  for (int y = 64; y < 128; ++y) {
    for (int x = 96; x < 160; ++x) {
      const bool ink = y % 12 < 8 && (x / 2 * 7 + y / 12 * 5) % 3 == 0;
      for (int c = 0; c < 3; ++c)
        page.rgb8()[static_cast<std::size_t>(3 * (y * kSide + x) + c)] = ink ? 20 : 235;
    }
  }
  const auto error = [&](float protect) {
    StylizeOptions options;
    options.detail = 0;
    options.protect = protect;
    const std::vector<double> painted = luma(
                                  shipped().stylizer.stylize(page, style("vangogh-starry-night"), options)),
                              own = luma(page);
    // One minus the correlation inside the letters.
    double sums[5] = {};
    int count = 0;
    for (int y = 68; y < 124; ++y) {
      for (int x = 100; x < 156; ++x, ++count) {
        const double p = painted[static_cast<std::size_t>(y * kSide + x)],
                     q = own[static_cast<std::size_t>(y * kSide + x)];
        sums[0] += p, sums[1] += q, sums[2] += p * p, sums[3] += q * q, sums[4] += p * q;
      }
    }
    for (double& sum : sums) sum /= count;
    return 1 - (sums[4] - sums[0] * sums[1]) /
                   std::sqrt((sums[2] - sums[0] * sums[0]) * (sums[3] - sums[1] * sums[1]));
  };
  const double unprotected = error(0), half = error(0.5f), full = error(1);
  RecordProperty("unlike_letters_0_05_1",
                 std::to_string(unprotected) + " " + std::to_string(half) + " " + std::to_string(full));
  EXPECT_LT(half, unprotected);
  EXPECT_LT(full, 0.7 * unprotected);
}

TEST_F(DialsOfTheShippedModel, PaletteComesFromOneStyleAndTextureFromAnother) {
  const StyleCode palette = style("vangogh-sunflowers"), texture = style("hokusai-great-wave");
  const auto painted = [&](const StyleCode& code) { return shipped().stylizer.stylize(photo_, code); };
  const Image both = painted(shipped().stylizer.combine(palette, texture));
  const Image of_palette = painted(palette), of_texture = painted(texture);
  const double to_palette = distance(mean_lab(both), mean_lab(of_palette)),
               to_texture = distance(mean_lab(both), mean_lab(of_texture));
  RecordProperty("lab_to_palette_and_texture", std::to_string(to_palette) + " " + std::to_string(to_texture));
  EXPECT_LT(to_palette, 0.5 * to_texture);
  // Texture as the style encoder sees it: the second part of a code, made from luma of one mean and contrast.
  const auto texture_difference = [&](const Image& a, const Image& b) {
    const std::vector<float> x = shipped().stylizer.encode(a).values, y = shipped().stylizer.encode(b).values;
    double squares = 0;
    for (auto i = static_cast<std::size_t>(shipped().bundle->manifest().encoder.palette_dim); i < x.size();
         ++i)
      squares += std::pow(static_cast<double>(x[i]) - y[i], 2);
    return std::sqrt(squares);
  };
  EXPECT_LT(texture_difference(both, of_texture), 0.75 * texture_difference(both, of_palette));
}

TEST_F(DialsOfTheShippedModel, AllDialsTogetherGiveAPictureThatRepeats) {
  const Image mask = ramp(kSide / 4, 3 * kSide / 4);
  StylizeOptions options;
  options.regions = {region("hokusai-great-wave", mask)};
  options.strength = 0.7f;
  options.detail = 0.3f;
  options.stroke = 1.5f;
  options.protect = 0.6f;
  options.detail_masks = {&mask};
  options.colour = Colour::List;
  options.colours = {srgb_to_lab({0.1f, 0.1f, 0.25f}), srgb_to_lab({0.9f, 0.75f, 0.6f})};
  options.grain = {0.4f, 2, 5};
  options.tile = 96;
  const Image first = paint(options);
  EXPECT_EQ(first, paint(options));
  EXPECT_EQ(first.width(), kSide);
  EXPECT_GT(local_contrast(first, 0, kSide), 0.01);
}

}  // namespace
}  // namespace atelier::inference
