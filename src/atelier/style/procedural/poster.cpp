#include <numbers>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {

// A travel poster: flat shapes in two tones, sprayed shadows, rays in the sky, a paper frame.
Sheet paint_poster(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.0005);
  const Scene& scene = easel.scene;
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const bool has_rays = dice.chance(0.6);
  const int rays = 20 + 4 * dice.below(4);
  const double frame = dice.between(0.035, 0.055), foot = frame + dice.between(0.0, 0.05);
  Sheet sheet = easel.sheet(scene.palette.paper);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const double rim = std::min({u - frame, v - frame, scene.width - frame - u, scene.height - foot - v});
    const Colour paper = scene.palette.paper * (0.98 + 0.03 * noise(90 * u, 90 * v, easel.seed));
    if (rim < 0) return mix(paper, scene.palette.dark, rim > -0.012 && rim < -0.008 ? 0.85 : 0.0);
    const std::size_t i = raster.index(x, y);
    const Shape& shape = scene.shapes[static_cast<std::size_t>(raster.shape()[i])];
    const double grain = speckle(static_cast<int>(u * 420), static_cast<int>(v * 420), easel.seed + 1),
                 t = raster.shading()[i];
    const Colour lit = saturated(shape.lit, 1.18), shaded = saturated(shape.shaded, 1.25) * 0.9;
    if (shape.role == Role::Sky) {
      const double bands = 5, step = std::floor(t * bands) / bands;
      Colour colour = mix(lit, shaded, step);
      const double turn = std::atan2(v - scene.focus.y, u - scene.focus.x) / (2 * std::numbers::pi) + 0.5;
      if (has_rays && static_cast<int>(turn * rays) % 2 == 0)
        colour = mix(colour, scene.palette.light, 0.2 - 0.1 * t);
      return colour * (0.99 + 0.02 * grain);
    }
    // Two flat tones and a spray between them.
    const double tone = t > 0.56 ? 1.0 : 0.0;
    const double spray = rises(t * 1.25 - 0.12 - grain, -0.04, 0.04) * (shape.role == Role::Light ? 0 : 0.55);
    Colour colour = mix(lit, shaded, std::max(0.55 * tone, spray));
    // A shadow that the shape in front throws.
    const std::size_t front = raster.index_at(u + 0.009, v + 0.005);
    if (raster.shape()[front] > raster.shape()[i] &&
        scene.shapes[static_cast<std::size_t>(raster.shape()[front])].role != Role::Light) {
      const double near = 1 - std::min(1.0, away[i] / easel.scale / 0.02);
      colour = mix(colour, scene.palette.dark, 0.4 * near * (grain < near ? 1.0 : 0.4));
    }
    return colour * (0.985 + 0.03 * grain);
  });
  return sheet;
}

}  // namespace atelier::style::procedural
