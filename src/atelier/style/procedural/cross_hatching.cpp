#include <numbers>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {

// One pen: darkness is lines over lines, each layer in a direction of its own.
Sheet paint_cross_hatching(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.00015);
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const std::vector<float> tones = spread_tones(raster);
  const Colour papers[] = {rgb(0xf4ead2), rgb(0xfaf6ec), rgb(0xe9dcc0)},
               inks[] = {rgb(0x1d1a18), rgb(0x4a2c17), rgb(0x1b2a4e), rgb(0x17352c)};
  const Colour paper = papers[dice.below(3)], ink = inks[dice.below(4)];
  const double spacing = dice.between(0.0085, 0.011), turned = dice.between(-0.2, 0.2);
  const double angles[] = {0.78, -0.78, 0.05, 1.5, 1.15}, from[] = {0.80, 0.60, 0.43, 0.27, 0.14};
  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int, int, double u, double v) -> Colour {
    const Colour ground = paper * (0.95 + 0.08 * clouds(11 * u, 11 * v, easel.seed, 4)) *
                          (0.985 + 0.03 * noise(240 * u, 240 * v, easel.seed + 1));
    const double rim = std::min({u, v, easel.scene.width - u, easel.scene.height - v}) - 0.035 -
                       0.02 * noise(9 * u, 9 * v, easel.seed + 2);
    double black = 0;
    for (int k = 0; k < 5; ++k) {
      const auto seed = easel.seed + 10u * static_cast<std::uint32_t>(k + 1);
      const int s = raster.shape()[raster.index_at(u, v)];
      // The first layer follows the form.
      const double angle =
          k == 0 ? easel.scene.shapes[static_cast<std::size_t>(s)].angle + 0.5 : angles[k] + turned;
      const double c = std::cos(angle), n = std::sin(angle), along = u * c + v * n;
      const double across = (v * c - u * n + 0.012 * (noise(5 * u, 5 * v, seed) - 0.5)) / spacing;
      const int line = static_cast<int>(std::floor(across));
      const double place = across - line - 0.5 - 0.35 * (speckle(line, s, seed) - 0.5);
      const double over = 0.014 * (speckle(line, s, seed + 1) - 0.5);
      const std::size_t i = raster.index_at(u + over * c, v + over * n);
      // Each line is a row of strokes which are set down, swell and are lifted.
      const double stroke = along / 0.11 + 5 * speckle(line, s, seed + 2), part = stroke - std::floor(stroke);
      const double shape = std::min({1.0, part * 9, (1 - part) * 6});
      const double wanted =
          from[k] - tones[i] + 0.07 * (speckle(line, static_cast<int>(std::floor(stroke)), seed + 3) - 0.5);
      if (wanted <= 0) continue;
      const double half = (0.09 + 0.2 * std::min(1.0, 2.2 * wanted)) * shape *
                          (0.75 + 0.5 * noise(30 * along, line * 3.1, seed + 4));
      black = std::max(black, rises(half - std::abs(place), -0.07, 0.07));
    }
    for (int k = 0; k < 2; ++k) {
      const double a = 0.007 * (noise(7 * u, 7 * v, easel.seed + 70 + static_cast<std::uint32_t>(k)) - 0.5),
                   b = 0.007 * (noise(7 * u, 7 * v, easel.seed + 80 + static_cast<std::uint32_t>(k)) - 0.5);
      const double thick =
          0.0016 * (0.45 + 1.0 * noise(8 * u, 8 * v, easel.seed + 90 + static_cast<std::uint32_t>(k)));
      black =
          std::max(black, rises(thick - away[raster.index_at(u + a, v + b)] / easel.scale, -0.0006, 0.0008));
    }
    return mix(
        ground, ink,
        0.93 * black * rises(rim, -0.004, 0.001) * (0.88 + 0.12 * noise(150 * u, 150 * v, easel.seed + 99)));
  });
  return sheet;
}

}  // namespace atelier::style::procedural
