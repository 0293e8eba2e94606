#include "atelier/style/procedural/media.h"
#include "atelier/style/procedural/waxy_strokes.h"

namespace atelier::style::procedural {

// Few strokes on a dark board, dust around them.
Sheet paint_chalk(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.0005);
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const std::vector<float> tones = spread_tones(raster);
  const WaxyStrokes strokes(easel, raster, dice.between(0.011, 0.016));
  const Colour boards[] = {rgb(0x26302c), rgb(0x24282e), rgb(0x1f3a32), rgb(0x2b2a2c)};
  const Colour board = boards[dice.below(4)];
  Sheet marks = easel.sheet({});
  marks.paint([&](int, int, double u, double v) -> Colour {
    Colour result;
    for (int layer = 0; layer < 2; ++layer) {
      const WaxyStrokes::Mark mark = strokes.at(u, v, layer, layer == 0 ? 0.6 : -0.4, 0);
      const double tone = tones[mark.source];
      const WaxyStrokes::Mark pressed = strokes.at(u, v, layer, layer == 0 ? 0.6 : -0.4,
                                                   layer == 0 ? 0.1 + 0.8 * tone : 0.85 * tone - 0.15);
      const Colour stick = saturated(mix(raster.colour()[mark.source], {1, 1, 1}, 0.32), 1.15);
      result = mix(result, stick, pressed.deposit * 0.85);
    }
    for (int k = 0; k < 2; ++k) {
      const double a = 0.01 * (noise(6 * u, 6 * v, easel.seed + 40 + static_cast<std::uint32_t>(k)) - 0.5),
                   b = 0.01 * (noise(6 * u, 6 * v, easel.seed + 50 + static_cast<std::uint32_t>(k)) - 0.5);
      const std::size_t i = raster.index_at(u + a, v + b);
      const double line = 1 - away[i] / easel.scale / 0.0034;
      const double tooth =
          0.6 * noise(150 * u, 150 * v, easel.seed + 60) + 0.4 * noise(330 * u, 330 * v, easel.seed + 61);
      if (line > 0)
        result = mix(result, mix(saturated(mix(raster.colour()[i], {1, 1, 1}, 0.6), 1.1), {1, 1, 1}, 0.35),
                     0.92 * rises(0.8 * line + 0.3 - tooth, -0.05, 0.25));
    }
    return result;
  });
  Sheet dust = marks;
  for (int i = 0; i < 2; ++i) dust.box_blur(std::max(1, static_cast<int>(0.02 * easel.scale)));
  Sheet sheet = easel.sheet(board);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const std::size_t i = raster.index(x, y);
    const double wiped = clouds(2.5 * u + 1.5 * v, 7 * v - 3 * u, easel.seed + 70, 4);
    const Colour ground =
        board * (0.85 + 0.45 * wiped) +
        Colour{1, 1, 1} * (0.05 * rises(noise(210 * u, 210 * v, easel.seed + 71), 0.75, 0.95));
    const Colour dusty = ground + dust.at[i] * (0.3 * (0.4 + wiped));
    const Colour mark = marks.at[i];
    const double cover = std::clamp(1.25 * std::max({mark.r, mark.g, mark.b}), 0.0, 1.0);
    return dusty * (1 - cover) + mark * (0.96 * (1 - 0.15 * wiped) + 0.05 * cover);
  });
  return sheet;
}

}  // namespace atelier::style::procedural
