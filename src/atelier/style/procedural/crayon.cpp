#include "atelier/style/procedural/media.h"
#include "atelier/style/procedural/waxy_strokes.h"

namespace atelier::style::procedural {

Sheet paint_crayon(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.0006);
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const WaxyStrokes strokes(easel, raster, dice.between(0.012, 0.016));
  const Colour paper = mix(rgb(0xfdfaf2), easel.scene.palette.paper, 0.3),
               dark = mix(easel.scene.palette.dark, rgb(0x33261f), 0.4);
  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int, int, double u, double v) -> Colour {
    Colour result = paper * (0.97 + 0.05 * noise(120 * u, 120 * v, easel.seed));
    const double rim = std::min({u, v, easel.scene.width - u, easel.scene.height - v}) - 0.028 +
                       0.03 * (noise(14 * u, 14 * v, easel.seed + 9) - 0.5);
    for (int layer = 0; layer < 2; ++layer) {
      const WaxyStrokes::Mark mark =
          strokes.at(u, v, layer, layer == 0 ? 0.35 : -0.55, layer == 0 ? 0.98 : 0.62);
      const Colour stick = saturated(raster.colour()[mark.source], 1.35);
      const double lot = speckle(mark.stroke, layer, easel.seed + 31);
      const Colour wax = clamped(
          layer == 0 ? mix(stick, {1, 1, 1}, 0.05 + 0.12 * lot)
                     : mix(stick * (0.78 + 0.3 * lot), lot > 0.6 ? easel.scene.palette.second : stick, 0.25));
      result =
          mix(result, mix(multiply(result, wax), wax, 0.72), mark.deposit * rises(rim, -0.004, 0.004) * 0.94);
    }
    // Twice around every form, never quite on the same line.
    for (int k = 0; k < 2; ++k) {
      const double a = 0.014 * (noise(6 * u, 6 * v, easel.seed + 40 + static_cast<std::uint32_t>(k)) - 0.5),
                   b = 0.014 * (noise(6 * u, 6 * v, easel.seed + 50 + static_cast<std::uint32_t>(k)) - 0.5);
      const std::size_t i = raster.index_at(u + a, v + b);
      const Role role = easel.scene.shapes[static_cast<std::size_t>(raster.shape()[i])].role;
      if (role == Role::Sky || role == Role::Cloud || role == Role::Water) continue;
      const double line = 1 - away[i] / easel.scale / 0.0042;
      const double tooth =
          0.6 * noise(150 * u, 150 * v, easel.seed + 60) + 0.4 * noise(330 * u, 330 * v, easel.seed + 61);
      const double deposit =
          rises(0.85 * line + 0.25 - tooth, -0.05, 0.2) * (line > 0 ? 1 : 0) * rises(rim, -0.004, 0.004);
      result = mix(result, mix(dark, raster.colour()[i] * 0.5, 0.45), 0.75 * deposit);
    }
    return result;
  });
  return sheet;
}

}  // namespace atelier::style::procedural
