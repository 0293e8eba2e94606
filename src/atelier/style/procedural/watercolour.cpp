#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {

Sheet paint_watercolour(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.00012);
  const Raster raster = easel.raster();
  const double scale = easel.scale;
  const std::uint32_t seed = easel.seed;

  // Pools where borders ran into each other are seen through a wavering glass.
  std::vector<int> shapes(raster.shape().size());
  std::vector<std::size_t> source(raster.shape().size());
  for (int y = 0; y < easel.height; ++y) {
    for (int x = 0; x < easel.width; ++x) {
      const double u = (x + 0.5) / scale, v = (y + 0.5) / scale;
      const double a = 0.022 * (clouds(9 * u, 9 * v, seed, 4) - 0.5),
                   b = 0.022 * (clouds(9 * u, 9 * v, seed + 50, 4) - 0.5);
      const std::size_t i = raster.index(x, y);
      source[i] = raster.index_at(u + a, v + b);
      shapes[i] = raster.shape()[source[i]];
    }
  }
  const std::vector<float> away = border_distance(shapes, easel.width, easel.height);
  Sheet wet = easel.sheet({});
  wet.at = raster.colour();
  const int reach = std::max(1, static_cast<int>(0.018 * scale));
  for (int i = 0; i < 2; ++i) wet.box_blur(reach);

  const Colour paper = rgb(0xfbf8f0);
  const double border = dice.between(0.035, 0.06);
  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const std::size_t i = raster.index(x, y);
    const auto s = static_cast<std::size_t>(shapes[i]);
    const Role role = easel.scene.shapes[s].role;
    const auto own = seed + static_cast<std::uint32_t>(shapes[i]) * 13u;
    const double tooth = clouds(95 * u, 95 * v, seed + 3, 2), d = away[i] / scale;
    const double light = 0.9 + 0.2 * (clouds(70 * u, 70 * v, seed + 4, 3) -
                                      noise(70 * u + 0.3, 70 * v + 0.3, seed + 4) * 0.5 - 0.25);
    const double rim = std::min({u, v, easel.scene.width - u, easel.scene.height - v}) - border +
                       0.05 * (clouds(7 * u, 7 * v, seed + 6, 4) - 0.5);

    // Some colours meet wet and flow into each other, others leave a dry line of paper.
    const double wetness =
        rises(clouds(3.2 * u, 3.2 * v, seed + 7, 3), 0.42, 0.62) *
        (role == Role::Sky || role == Role::Water || role == Role::Cloud || role == Role::Land ? 1.0 : 0.55);
    const Colour pigment =
        saturated(mix(raster.colour()[source[i]], wet.at[source[i]], 0.85 * wetness), 1.25);
    const double pool = clouds(5 * u, 5 * v, own, 4), granules = 0.3 * (tooth - 0.5);
    const double edge =
        std::exp(-std::pow(d / 0.0045, 2)) * (1 - 0.75 * wetness) + std::exp(-std::pow(rim / 0.006, 2)) * 0.9;
    // Water that ran back leaves a ragged line.
    const double bloom = clouds(4.5 * u + 9, 4.5 * v, seed + 11, 5),
                 backrun = std::exp(-std::pow((bloom - 0.6) / 0.012, 2)) - 0.9 * rises(bloom, 0.6, 0.66);
    double density = 0.62 + 0.75 * (pool - 0.5) + 0.42 * edge + granules +
                     0.3 * backrun * (role == Role::Thing ? 0.3 : 1.0);
    if (role == Role::Sky) density *= 0.8;
    const double gap =
        (1 - wetness) * rises(noise(6 * u, 6 * v, own + 5), 0.45, 0.62) * rises(0.0034 - d, -0.0008, 0.0008);
    const double dry = rises(tooth, 0.62, 0.7) * rises(clouds(6 * u, 14 * v, seed + 15, 3), 0.56, 0.66);
    density = std::max(0.0, density) * (1 - gap) * (1 - 0.8 * dry) * rises(rim, -0.002, 0.002);
    // Beer's law: twice the pigment lets through the square.
    const auto through = [&](double c) {
      return static_cast<float>(std::pow(std::clamp(c, 0.06, 0.985), 1.3 * density));
    };
    return multiply(paper, {through(pigment.r), through(pigment.g), through(pigment.b)}) *
           std::min(1.03, light + 0.06);
  });
  for (int i = 0; i < 26; ++i) {
    const Point at = {dice.unit() * easel.scene.width, dice.unit() * easel.scene.height};
    const Colour drop = mix(paper, raster.colour()[raster.index_at(at.x, at.y)], 0.6);
    const double r = dice.between(0.002, 0.007);
    sheet.line(at, {at.x + 0.3 * r, at.y + 0.2 * r}, r, drop, 0.6);
  }
  return sheet;
}

}  // namespace atelier::style::procedural
