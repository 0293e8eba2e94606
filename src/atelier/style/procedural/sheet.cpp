#include "atelier/style/procedural/sheet.h"

namespace atelier::style::procedural {

void Sheet::line(const Point& from, const Point& to, double thick, const Colour& colour, double share) {
  const double ax = from.x * scale, ay = from.y * scale, bx = to.x * scale, by = to.y * scale,
               half = thick * scale / 2;
  const double dx = bx - ax, dy = by - ay, length = std::max(1e-9, dx * dx + dy * dy);
  const int left = std::max(0, static_cast<int>(std::min(ax, bx) - half - 1)),
            right = std::min(width - 1, static_cast<int>(std::max(ax, bx) + half + 1));
  const int top = std::max(0, static_cast<int>(std::min(ay, by) - half - 1)),
            bottom = std::min(height - 1, static_cast<int>(std::max(ay, by) + half + 1));
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const double t = std::clamp(((x + 0.5 - ax) * dx + (y + 0.5 - ay) * dy) / length, 0.0, 1.0);
      const double away = std::hypot(x + 0.5 - ax - t * dx, y + 0.5 - ay - t * dy);
      const double cover = std::clamp(half + 0.5 - away, 0.0, 1.0);
      if (cover > 0) at[index(x, y)] = mix(at[index(x, y)], colour, cover * share);
    }
  }
}

void Sheet::box_blur(int radius) {
  if (radius < 1) return;
  const double weight = 1.0 / (2 * radius + 1);
  for (int pass = 0; pass < 2; ++pass) {
    const bool is_row = pass == 0;
    const int lines = is_row ? height : width, length = is_row ? width : height;
    std::vector<Colour> line(static_cast<std::size_t>(length));
    for (int k = 0; k < lines; ++k) {
      const auto place = [&](int i) { return is_row ? index(i, k) : index(k, i); };
      Colour sum;
      for (int i = -radius; i <= radius; ++i) sum = sum + at[place(i)];
      for (int i = 0; i < length; ++i) {
        line[static_cast<std::size_t>(i)] = sum * weight;
        sum = sum + at[place(i + radius + 1)] + at[place(i - radius)] * -1.0;
      }
      for (int i = 0; i < length; ++i) at[place(i)] = line[static_cast<std::size_t>(i)];
    }
  }
}

Sheet shrunk(const Sheet& sheet, int samples) {
  Sheet small(sheet.width / samples, sheet.height / samples, sheet.scale / samples, {});
  const double weight = 1.0 / (samples * samples);
  small.paint([&](int x, int y, double, double) {
    Colour sum;
    for (int v = 0; v < samples; ++v) {
      for (int u = 0; u < samples; ++u)
        sum = sum + clamped(sheet.at[sheet.index(x * samples + u, y * samples + v)]);
    }
    return sum * weight;
  });
  return small;
}

}  // namespace atelier::style::procedural
