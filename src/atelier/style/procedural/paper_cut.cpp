#include <numbers>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {

// Layers of coloured paper, each throwing a soft shadow on those below.
Sheet paint_paper_cut(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.00045);
  const Scene& scene = easel.scene;
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const double sun = dice.chance(0.5) ? 0.8 : 2.3, reach = dice.between(0.016, 0.024);
  const Point towards = {-std::cos(sun) * reach, -std::sin(sun) * reach};
  Sheet sheet = easel.sheet({});
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const std::size_t i = raster.index(x, y);
    const int s = raster.shape()[i];
    const Shape& shape = scene.shapes[static_cast<std::size_t>(s)];
    const auto seed = easel.seed + static_cast<std::uint32_t>(s) * 17u;
    double shade = 0, whole = 0;
    constexpr int kLooks = 12;
    for (int k = 1; k <= kLooks; ++k) {
      const double t = (k - 0.5) / kLooks, spread = 0.006 * t * (speckle(x * 3 + k, y, easel.seed) - 0.5);
      const std::size_t j = raster.index_at(u + towards.x * t - towards.y / reach * spread,
                                            v + towards.y * t + towards.x / reach * spread);
      // Higher papers throw longer shadows.
      const double high = std::min(1.0, (raster.shape()[j] - s) / 3.0 + 0.35), weight = 1.2 - t;
      if (raster.shape()[j] > s && t < high) shade += weight;
      whole += weight;
    }
    const double fibre = clouds(26 * u, 26 * v, seed, 4), tooth = noise(210 * u, 210 * v, seed + 1),
                 fine = noise(60 * u + 30 * fibre, 150 * v, seed + 2);
    const Colour paper = saturated(mix(shape.lit, shape.shaded, 0.22), 1.12) *
                         (0.9 + 0.12 * fibre + 0.07 * (tooth - 0.5) + 0.06 * fine);
    // The cut edge shows the paper's white core on the side of the lamp.
    const double edge = rises(0.0022 - away[i] / easel.scale, 0, 0.0012);
    const std::size_t lamp = raster.index_at(u + towards.x * 0.14, v + towards.y * 0.14),
                      other = raster.index_at(u - towards.x * 0.14, v - towards.y * 0.14);
    const double rim = raster.shape()[lamp] < s ? 0.3 * edge : raster.shape()[other] < s ? -0.16 * edge : 0;
    const double dark = 0.62 * std::min(1.0, 1.5 * shade / whole);
    return clamped(
        mix(paper * (1 + rim), multiply(paper, mix(scene.palette.dark, {0.2f, 0.2f, 0.28f}, 0.5)), dark));
  });
  return sheet;
}

}  // namespace atelier::style::procedural
