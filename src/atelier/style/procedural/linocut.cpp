#include <numbers>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

// The gouge leaves short, pointed troughs.
void gouge(Sheet& mask, const Point& at, double angle, double length, double thick) {
  constexpr int kPieces = 6;
  for (int i = 0; i < kPieces; ++i) {
    const double a = static_cast<double>(i) / kPieces - 0.5, b = static_cast<double>(i + 1) / kPieces - 0.5;
    const double swell = std::sqrt(std::max(0.0, 1 - 3.4 * std::pow(0.15 + (a + b) / 2, 2)));
    mask.line({at.x + a * length * std::cos(angle), at.y + a * length * std::sin(angle)},
              {at.x + b * length * std::cos(angle), at.y + b * length * std::sin(angle)}, thick * swell,
              {1, 1, 1});
  }
}

}  // namespace

// A reduction print: few flat colours from light to dark, every one but the last carved with a gouge.
Sheet paint_linocut(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.0007);
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const std::vector<float> tones = spread_tones(raster);
  const Palette& p = easel.scene.palette;
  const Colour paper = p.paper;
  const Colour inks[3][3] = {
      {mix(p.second, p.light, 0.4), mix(p.sky_high, p.middle, 0.3), p.dark},
      {mix(p.sky_low, p.sky_high, 0.45), p.first, mix(p.dark, p.near, 0.35)},
      {mix(p.wall, p.second, 0.55), mix(p.middle, p.near, 0.3), mix(p.dark, p.first, 0.2)}};
  const Colour* chosen = inks[dice.below(3)];

  Sheet troughs = easel.sheet({});
  const double step = 0.021;
  for (double v = 0; v < easel.scene.height; v += step) {
    for (double u = 0; u < easel.scene.width; u += step) {
      const Point at = {u + dice.between(0, step), v + dice.between(0, step)};
      const std::size_t i = raster.index_at(at.x, at.y);
      const Shape& shape = easel.scene.shapes[static_cast<std::size_t>(raster.shape()[i])];
      const double d = away[i] / easel.scale;
      double angle = shape.angle;
      if (shape.role == Role::Sky || shape.role == Role::Light)
        angle = std::atan2(at.y - easel.scene.focus.y, at.x - easel.scene.focus.x);
      if (shape.is_round) angle += 2.4 * (noise(6 * at.x, 6 * at.y, easel.seed) - 0.5);
      if (d > 0.009 && dice.chance(0.25 + 0.6 * tones[i]))
        gouge(troughs, at, angle + dice.between(-0.15, 0.15), dice.between(0.02, 0.045),
              dice.between(0.0035, 0.0075));
    }
  }
  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const double edge = 0.006 * (noise(22 * u, 22 * v, easel.seed) - 0.5);
    const double margin = std::min({u, v, easel.scene.width - u, easel.scene.height - v}) + edge;
    const Colour ground = paper * (0.96 + 0.06 * clouds(25 * u, 25 * v, easel.seed, 3));
    if (margin < 0.03) return ground;
    const double warp = 0.004;
    const std::size_t i = raster.index_at(u + warp * (noise(30 * u, 30 * v, easel.seed + 1) - 0.5),
                                          v + warp * (noise(30 * u, 30 * v, easel.seed + 2) - 0.5));
    const double dark = 1 - tones[i];
    int level = dark < 0.2 ? 0 : dark < 0.5 ? 1 : dark < 0.76 ? 2 : 3;
    const double d = away[i] / easel.scale;
    const double trough = troughs.at[raster.index(x, y)].r;
    // Every form keeps a carved line around it.
    const bool is_line = d < 0.0032 * (0.6 + 0.8 * noise(14 * u, 14 * v, easel.seed + 3));
    if (is_line) level = level >= 2 ? level - 2 : 3;
    Colour colour = level == 0 ? ground : chosen[level - 1];
    const Colour under = level <= 1 ? ground : chosen[level - 2];
    if (!is_line && level > 0) colour = mix(colour, under, trough);
    // Roller ink lies in tiny drops.
    const double mottle =
        noise(170 * u, 170 * v, easel.seed + 4) * 0.6 + clouds(30 * u, 30 * v, easel.seed + 5, 3) * 0.4;
    return level == 0 ? colour : mix(colour * (0.95 + 0.1 * mottle), ground, 0.45 * rises(mottle, 0.7, 0.82));
  });
  return sheet;
}

}  // namespace atelier::style::procedural
