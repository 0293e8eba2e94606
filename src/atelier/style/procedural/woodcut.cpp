#include "atelier/style/procedural/carved_lines.h"
#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {

// One block of lines in dark ink; often flat colour blocks below it.
Sheet paint_woodcut(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.00025);
  const Raster raster = easel.raster();
  const CarvedLines lines(easel, raster, dice.between(0.0125, 0.0165));
  const std::vector<float> tones = spread_tones(raster);
  const Palette& p = easel.scene.palette;
  const bool has_tints = dice.chance(0.5);
  const Colour paper = mix(p.paper, rgb(0xf0e4c8), 0.5),
               ink = dice.chance(0.6) ? rgb(0x17130f) : mix(p.dark, rgb(0x14110e), 0.5);
  const Colour tints[] = {paper, mix(p.second, paper, 0.35), mix(p.sky_high, paper, 0.4),
                          mix(p.first, paper, 0.25), mix(p.middle, paper, 0.35)};
  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const double margin = std::min({u, v, easel.scene.width - u, easel.scene.height - v}) -
                          0.004 * noise(30 * u, 30 * v, easel.seed);
    const Colour sheet_paper = paper * (0.95 + 0.08 * clouds(18 * u, 18 * v, easel.seed, 4));
    if (margin < 0.025) return sheet_paper;
    const std::size_t i = raster.index(x, y);
    const double d = lines.border()[i] / easel.scale;
    Colour ground = sheet_paper;
    if (has_tints) {
      const std::size_t slipped = raster.index_at(u + 0.003, v - 0.002);
      const Colour wanted = raster.colour()[slipped];
      const Colour* best =
          std::min_element(std::begin(tints), std::end(tints), [&](const Colour& a, const Colour& b) {
            return squared_distance(a, wanted) < squared_distance(b, wanted);
          });
      ground = multiply(mix({1, 1, 1}, *best, 0.85 + 0.15 * clouds(60 * u, 8 * v, easel.seed + 3, 3)),
                        Colour{1, 1, 1} * (0.96 + 0.05 * noise(90 * u, 90 * v, easel.seed)));
    }
    // The share of ink grows with darkness; the lightest and the darkest places have none and nothing else.
    const double dark = rises(1 - tones[i], 0.12, 0.88) * (has_tints ? 0.8 : 1.0);
    const double cut = lines.at(x, y, u, v);
    const double rough = 0.1 * (noise(110 * u, 110 * v, easel.seed + 5) - 0.5);
    double black = dark > 0.9 ? 1 : dark < 0.1 ? 0 : rises(dark * 1.08 - cut + rough, -0.05, 0.05);
    // Dark forms are freed from dark ground by a cut along their border, light ones by a line.
    const double line = 0.0026 * (0.55 + 0.9 * noise(16 * u, 16 * v, easel.seed + 6));
    const bool is_free = dark > 0.62;
    if (is_free)
      black *= rises(d - line * 0.9, 0, 0.0012);
    else
      black = std::max(black, rises(line - d, -0.0006, 0.0006));
    // Ink that did not take: grain of the plank.
    const double grain = noise(9 * u + 2 * noise(3 * u, 3 * v, easel.seed + 8), 190 * v, easel.seed + 7);
    black *=
        1 - 0.55 * rises(grain, 0.8, 0.92) - 0.5 * rises(noise(260 * u, 260 * v, easel.seed + 9), 0.87, 0.95);
    return mix(ground, ink, black * 0.97);
  });
  return sheet;
}

}  // namespace atelier::style::procedural
