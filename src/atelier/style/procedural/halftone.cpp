#include <numbers>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

struct Screen {
  double angle;  // degrees
  Colour ink;
  Point slip;  // the plate lies a little off
};

}  // namespace

Sheet paint_halftone(const Easel& easel) {
  Dice dice = easel.dice.fork(1);
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const double pitch = dice.between(0.0105, 0.0145), slip = 0.0025;
  const auto off = [&] { return Point{dice.between(-slip, slip), dice.between(-slip, slip)}; };
  const Screen screens[] = {{15, rgb(0x00a5d8), off()},
                            {75, rgb(0xe5308a), off()},
                            {0, rgb(0xfce21c), off()},
                            {45, rgb(0x1c1a1e), {}}};
  const Colour paper = rgb(0xf6eedb);
  const bool has_keyline = dice.chance(0.75);

  Sheet sheet = easel.sheet(paper);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    Colour result = paper * (0.97 + 0.06 * noise(70 * u, 70 * v, easel.seed));
    for (int k = 0; k < 4; ++k) {
      const Screen& screen = screens[k];
      const double a = screen.angle * std::numbers::pi / 180, px = u + screen.slip.x, py = v + screen.slip.y;
      const double du = (px * std::cos(a) + py * std::sin(a)) / pitch,
                   dv = (py * std::cos(a) - px * std::sin(a)) / pitch;
      // A dot shows the colour in its middle: that keeps it round.
      const double mu = (std::floor(du) + 0.5) * pitch, mv = (std::floor(dv) + 0.5) * pitch;
      const Colour c =
          saturated(raster.colour()[raster.index_at(mu * std::cos(a) - mv * std::sin(a) - screen.slip.x,
                                                    mv * std::cos(a) + mu * std::sin(a) - screen.slip.y)],
                    1.35);
      const double black = rises(1 - std::max({c.r, c.g, c.b}), 0.3, 1.0);
      const double amount = k == 3 ? black
                                   : std::clamp(1.0 -
                                                    (k == 0   ? c.r
                                                     : k == 1 ? c.g
                                                              : c.b) -
                                                    0.6 * black,
                                                0.0, 1.0);
      // 0 in the middle of a cell, 1 in its corners: more ink makes a larger dot.
      const double spot =
          (std::cos(2 * std::numbers::pi * du) + std::cos(2 * std::numbers::pi * dv)) / 4 + 0.5;
      const double cover = rises(amount * 1.06 - 0.02 - spot, -0.07, 0.07);
      const double worn =
          1 - 0.22 * rises(clouds(50 * u, 50 * v, easel.seed + static_cast<std::uint32_t>(k), 3), 0.6, 0.75);
      result = multiply(result, mix({1, 1, 1}, screen.ink, cover * worn));
    }
    if (has_keyline) {
      const int shape = raster.shape()[raster.index(x, y)];
      const Role role = easel.scene.shapes[static_cast<std::size_t>(shape)].role;
      const double thick =
          (role == Role::Sky || role == Role::Light || role == Role::Cloud || role == Role::Water ? 0.0018
                                                                                                  : 0.0032) *
          (0.6 + 0.9 * noise(9 * u, 9 * v, easel.seed + 20));
      result =
          mix(result, screens[3].ink, rises(thick - away[raster.index(x, y)] / easel.scale, -0.0008, 0.0008));
    }
    return result;
  });
  return sheet;
}

}  // namespace atelier::style::procedural
