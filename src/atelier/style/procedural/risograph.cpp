#include <array>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

using Inks = std::array<std::uint32_t, 3>;
// Spot inks that overprint well, light to dark.
constexpr Inks kInks[] = {{0xffd23f, 0xff5c8a, 0x0a7e8c}, {0xffb511, 0xf15060, 0x3255a4},
                          {0x9fe0d0, 0xff6f52, 0x2b3a67}, {0xffe800, 0xff48b0, 0x0078bf},
                          {0xf7c59f, 0x5ec8c2, 0x3d2b6b}, {0xffd7a8, 0xe8443a, 0x1d5c4f}};
constexpr int kSteps = 5;

struct Amounts {
  std::array<double, 3> ink{};
};

}  // namespace

Sheet paint_risograph(const Easel& easel) {
  Dice dice = easel.dice.fork(1);
  const Raster raster = easel.raster();
  const Inks& chosen = kInks[dice.below(static_cast<int>(std::size(kInks)))];
  const Colour paper = rgb(0xf7f2e4);
  const Colour inks[] = {rgb(chosen[0]), rgb(chosen[1]), rgb(chosen[2])};
  const auto printed = [&](const Amounts& a) {
    Colour colour = paper;
    for (std::size_t k = 0; k < 3; ++k) colour = multiply(colour, mix({1, 1, 1}, inks[k], a.ink[k]));
    return colour;
  };
  std::vector<std::pair<Colour, Amounts>> mixtures;
  for (int i = 0; i < kSteps * kSteps * kSteps; ++i) {
    const Amounts a{{i % kSteps / (kSteps - 1.0), i / kSteps % kSteps / (kSteps - 1.0),
                     i / (kSteps * kSteps) / (kSteps - 1.0)}};
    mixtures.emplace_back(printed(a), a);
  }
  const auto separated = [&](const Colour& wanted) {
    return std::min_element(mixtures.begin(), mixtures.end(),
                            [&](const auto& a, const auto& b) {
                              return squared_distance(a.first, wanted) < squared_distance(b.first, wanted);
                            })
        ->second;
  };
  std::vector<std::pair<Amounts, Amounts>> of_shapes;
  for (const Shape& shape : easel.scene.shapes)
    of_shapes.emplace_back(separated(saturated(shape.lit, 1.2)), separated(saturated(shape.shaded, 1.2)));

  Point slips[3];
  for (Point& slip : slips) slip = {dice.between(-0.005, 0.005), dice.between(-0.005, 0.005)};
  const double grain = dice.between(340, 430);
  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int, int, double u, double v) -> Colour {
    Colour result = paper * (0.975 + 0.04 * noise(130 * u, 130 * v, easel.seed));
    const double rim = std::min({u, v, easel.scene.width - u, easel.scene.height - v});
    for (std::size_t k = 0; k < 3; ++k) {
      if (rim + 2 * slips[k].x < 0.032) continue;
      const std::size_t i = raster.index_at(u + slips[k].x, v + slips[k].y);
      const auto& [lit, shaded] = of_shapes[static_cast<std::size_t>(raster.shape()[i])];
      const double amount = lit.ink[k] + (shaded.ink[k] - lit.ink[k]) * raster.shading()[i];
      const auto seed = easel.seed + 11u * static_cast<std::uint32_t>(k + 1);
      // A fine random screen, full areas a little uneven.
      const double dot = speckle(static_cast<int>(u * grain + 0.37 * static_cast<double>(k)),
                                 static_cast<int>(v * grain), seed) *
                             0.75 +
                         noise(u * grain * 0.7, v * grain * 0.7, seed + 1) * 0.25;
      const double cover = rises(amount * 1.04 - dot, -0.06, 0.06);
      const double drum = 0.9 + 0.14 * (clouds(5 * u, 16 * v, seed + 2, 3) - 0.5) -
                          0.5 * rises(noise(240 * u, 240 * v, seed + 3), 0.9, 0.97);
      result = multiply(result, mix({1, 1, 1}, inks[k], cover * drum));
    }
    return result;
  });
  return sheet;
}

}  // namespace atelier::style::procedural
