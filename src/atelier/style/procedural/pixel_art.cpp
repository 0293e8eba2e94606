#include <array>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

constexpr int kBayer[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

}  // namespace

// Given with one sample a pixel: blocks must stay sharp.
Sheet paint_pixel_art(const Easel& easel) {
  Dice dice = easel.dice.fork(1);
  const int cells = dice.chance(0.5) ? 96 : 128, short_side = std::min(easel.width, easel.height);
  const int block = std::max(2, short_side / cells);
  const int width = (easel.width + block - 1) / block, height = (easel.height + block - 1) / block;
  const Raster raster(easel.scene, width, height);

  // Few colours: those of the palette in four brightnesses.
  const Palette& p = easel.scene.palette;
  std::vector<Colour> colours = {p.dark, p.paper, p.light, mix(p.paper, {1, 1, 1}, 0.7)};
  for (const Colour& c :
       {p.sky_high, p.sky_low, p.far, p.middle, p.near, p.first, p.second, p.third, p.wall}) {
    for (const double t : {-0.42, -0.2, 0.0, 0.3})
      colours.push_back(t < 0 ? mix(c, p.dark, -t) : mix(c, p.light, t));
  }
  const auto nearest = [&](const Colour& c) {
    return *std::min_element(colours.begin(), colours.end(), [&](const Colour& a, const Colour& b) {
      return squared_distance(a, c) < squared_distance(b, c);
    });
  };
  std::vector<Colour> small(raster.shape().size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t i = raster.index(x, y);
      const int s = raster.shape()[i];
      const Shape& shape = easel.scene.shapes[static_cast<std::size_t>(s)];
      // Shading in steps, dithered between them; texture as dithered tufts.
      const bool is_vast = shape.role == Role::Sky || shape.role == Role::Water;
      const double steps = is_vast ? 6 : 3;
      const double grain = shape.role == Role::Land || shape.role == Role::Plant
                               ? 0.5 * (noise(x * 0.45, y * 0.6, easel.seed) - 0.5)
                               : 0;
      const double t = std::clamp(raster.shading()[i] + grain, 0.0, 1.0) * steps;
      const double step = std::min(steps, std::floor(t + (kBayer[y % 4][x % 4] + 0.5) / 16)) / steps;
      Colour colour = nearest(mix(shape.lit, shape.shaded, step));
      const int below = raster.shape()[raster.index(x, y + 1)],
                right = raster.shape()[raster.index(x + 1, y)],
                above = raster.shape()[raster.index(x, y - 1)];
      const bool is_solid = !is_vast && shape.role != Role::Light && shape.role != Role::Cloud;
      if (is_solid && s > std::min(below, right) && (below != s || right != s))
        colour = nearest(mix(colour, p.dark, 0.62));
      else if (is_solid && above < s)
        colour = nearest(mix(colour, p.light, 0.35));
      small[i] = colour;
    }
  }
  Sheet sheet = easel.sheet({});
  sheet.paint([&](int x, int y, double, double) { return small[raster.index(x / block, y / block)]; });
  return sheet;
}

}  // namespace atelier::style::procedural
