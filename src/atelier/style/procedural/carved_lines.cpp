#include "atelier/style/procedural/carved_lines.h"

namespace atelier::style::procedural {

CarvedLines::CarvedLines(const Easel& easel, const Raster& raster, double spacing)
    : easel_(easel),
      raster_(raster),
      spacing_(spacing),
      border_(border_distance(raster.shape(), easel.width, easel.height)) {}

double CarvedLines::at(int x, int y, double u, double v) const {
  const std::size_t i = raster_.index(x, y);
  const int s = raster_.shape()[i];
  const Shape& shape = easel_.scene.shapes[static_cast<std::size_t>(s)];
  const auto seed = easel_.seed + static_cast<std::uint32_t>(s) * 7u;
  const double d = border_[i] / easel_.scale;
  double across = 0, along = 0;
  if (shape.role == Role::Sky || shape.role == Role::Light) {
    // Rings around the light.
    across = std::hypot(u - easel_.scene.focus.x, v - easel_.scene.focus.y);
    along = std::atan2(v - easel_.scene.focus.y, u - easel_.scene.focus.x);
  } else {
    across = v * std::cos(shape.angle) - u * std::sin(shape.angle);
    along = u * std::cos(shape.angle) + v * std::sin(shape.angle);
    // Round things are cut around their middle.
    if (shape.is_round) across = 0.35 * across + 0.9 * d;
  }
  const double waver =
      0.035 * (noise(4 * u, 4 * v, seed) - 0.5) + 0.006 * (noise(24 * u, 24 * v, seed + 1) - 0.5);
  const double phase = (across + waver) / spacing_;
  const int line = static_cast<int>(std::floor(phase));
  const double swell = 0.24 * (noise(7 * along + 31 * speckle(line, 1, seed), line * 1.7, seed + 2) - 0.5);
  const double triangle = std::abs(2 * (phase - line) - 1);
  return std::clamp(triangle + swell, 0.0, 1.0);
}

}  // namespace atelier::style::procedural
