#include "atelier/style/procedural/waxy_strokes.h"

namespace atelier::style::procedural {

WaxyStrokes::Mark WaxyStrokes::at(double u, double v, int layer, double turn, double pressure) const {
  const auto seed = easel_.seed + static_cast<std::uint32_t>(layer) * 97u;
  const int first = raster_.shape()[raster_.index_at(u, v)];
  const Shape& shape = easel_.scene.shapes[static_cast<std::size_t>(first)];
  const double angle =
      shape.angle + turn + 0.5 * (noise(2.5 * u, 2.5 * v, seed + static_cast<std::uint32_t>(first)) - 0.5);
  const double c = std::cos(shape.angle + turn), n = std::sin(shape.angle + turn);
  const double bend = 0.05 * (noise(3 * u, 3 * v, seed + 1) - 0.5) + 0.01 * (angle - shape.angle - turn);
  const double across = (v * c - u * n + bend) / thick_, along = u * c + v * n;
  const int stroke = static_cast<int>(std::floor(across));
  // Strokes do not end exactly where the form does.
  const double over = 0.016 * (speckle(stroke, first, seed + 2) - 0.5);
  const std::size_t source = raster_.index_at(u + over * c, v + over * n);
  const double middle = 1 - std::abs(2 * (across - stroke) - 1);
  const double press = pressure * (0.78 + 0.34 * speckle(stroke, first, seed + 3)) *
                       (0.85 + 0.3 * noise(9 * along, stroke * 0.9, seed + 4));
  const double tooth = 0.55 * noise(150 * u, 150 * v, easel_.seed + 60) +
                       0.3 * noise(330 * u, 330 * v, easel_.seed + 61) +
                       0.15 * noise(60 * u, 60 * v, easel_.seed + 62);
  return {source, rises(press * (0.55 + 0.6 * middle) - tooth, -0.1, 0.16), stroke};
}

}  // namespace atelier::style::procedural
