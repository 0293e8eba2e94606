#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {

namespace {

// A thread is a rod across a cell: bright along its middle, twisted.
double thread_light(double along, double across, double half) {
  const double t = across / half;
  return std::sqrt(std::max(0.0, 1 - t * t)) * (0.86 + 0.22 * std::sin(along * 24 + t * 2.2));
}

}  // namespace

Sheet paint_cross_stitch(const Easel& easel) {
  Dice dice = easel.dice.fork(1);
  const double cell = 1.0 / (52 + 4 * dice.below(5));
  const Raster raster = easel.raster();
  const Palette& p = easel.scene.palette;
  std::vector<Colour> yarns = {p.dark, p.paper, p.light, mix(p.paper, {1, 1, 1}, 0.6)};
  for (const Colour& c :
       {p.sky_high, p.sky_low, p.far, p.middle, p.near, p.first, p.second, p.third, p.wall}) {
    for (const double t : {-0.38, -0.18, 0.0, 0.32})
      yarns.push_back(t < 0 ? mix(c, p.dark, -t) : mix(c, p.light, t));
  }
  const Colour cloth = mix(p.paper, rgb(0xefe6d3), 0.5);
  Sheet sheet = easel.sheet(cloth);
  sheet.paint([&](int, int, double u, double v) -> Colour {
    const int cx = static_cast<int>(u / cell), cy = static_cast<int>(v / cell);
    // Woven ground with a hole at the corners of cells.
    const double wu = u / cell * 4, wv = v / cell * 4;
    const bool is_over = (static_cast<int>(wu) + static_cast<int>(wv)) % 2 == 0;
    const double bulge = is_over ? 1 - std::pow(2 * (wu - std::floor(wu)) - 1, 2)
                                 : 1 - std::pow(2 * (wv - std::floor(wv)) - 1, 2);
    const double x = u / cell - cx, y = v / cell - cy,
                 corner = std::hypot(std::min(x, 1 - x), std::min(y, 1 - y));
    Colour result = cloth * ((0.72 + 0.26 * bulge) * (0.45 + 0.55 * rises(corner, 0.04, 0.2)));
    const double rim = std::min({u, v, easel.scene.width - u, easel.scene.height - v});
    if (rim < 2.5 * cell) return result;
    const Colour wanted =
        saturated(raster.colour()[raster.index_at((cx + 0.5) * cell, (cy + 0.5) * cell)], 1.15);
    const Colour yarn = *std::min_element(yarns.begin(), yarns.end(), [&](const Colour& a, const Colour& b) {
      return squared_distance(a, wanted) < squared_distance(b, wanted);
    });
    const Colour spun = yarn * (0.93 + 0.14 * speckle(cx, cy, easel.seed));
    constexpr double kHalf = 0.2;
    const double slack = 0.05 * (speckle(cx, cy, easel.seed + 1) - 0.5);
    for (int leg = 0; leg < 2; ++leg) {
      const double a = x - 0.5, b = (leg == 0 ? 1 : -1) * (y - 0.5), along = (a + b) * 0.7071,
                   across = (b - a) * 0.7071 + slack;
      if (std::abs(along) > 0.69) continue;
      const double light = thread_light(along, across, kHalf);
      if (leg == 1) result = result * (1 - 0.45 * rises(kHalf + 0.12 - std::abs(across), 0, 0.12));
      if (light > 0)
        result = mix(result, spun * (0.5 + 0.62 * light), rises(kHalf - std::abs(across), 0, 0.05));
    }
    return result;
  });
  return sheet;
}

}  // namespace atelier::style::procedural
