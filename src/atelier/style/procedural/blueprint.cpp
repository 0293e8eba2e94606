#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

void dashed(Sheet& sheet, const Point& a, const Point& b, double thick, const Colour& ink, double share) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  const auto at = [&](double s) {
    return Point{a.x + (b.x - a.x) * s / length, a.y + (b.y - a.y) * s / length};
  };
  // A long dash, a dot.
  for (double s = 0; s < length; s += 0.042) {
    sheet.line(at(s), at(std::min(length, s + 0.026)), thick, ink, share);
    sheet.line(at(std::min(length, s + 0.033)), at(std::min(length, s + 0.035)), thick, ink, share);
  }
}

void dimension(Sheet& sheet, const Point& a, const Point& b, const Colour& ink) {
  const double length = std::hypot(b.x - a.x, b.y - a.y), dx = (b.x - a.x) / length,
               dy = (b.y - a.y) / length;
  sheet.line(a, b, 0.0018, ink, 0.9);
  for (const auto& [p, way] : {std::pair{a, 1.0}, {b, -1.0}}) {
    sheet.line({p.x - 0.016 * dy, p.y + 0.016 * dx}, {p.x + 0.016 * dy, p.y - 0.016 * dx}, 0.0018, ink, 0.9);
    for (const double side : {-1.0, 1.0})
      sheet.line(p, {p.x + way * 0.018 * dx + side * 0.005 * dy, p.y + way * 0.018 * dy - side * 0.005 * dx},
                 0.0018, ink, 0.9);
  }
}

}  // namespace

Sheet paint_blueprint(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.0004);
  const Scene& scene = easel.scene;
  const Raster raster = easel.raster();
  const std::vector<float> away = border_distance(raster.shape(), easel.width, easel.height);
  const std::vector<float> tones = spread_tones(raster);
  const Colour grounds[] = {rgb(0x17468f), rgb(0x1d5a9e), rgb(0x12396f), rgb(0x20507f)};
  const Colour blue = grounds[dice.below(4)], white = rgb(0xe8f1fa);
  const double pitch = 0.04;
  Sheet sheet = easel.sheet(blue);
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    Colour result = blue * (0.84 + 0.34 * clouds(3.5 * u, 3.5 * v, easel.seed, 5)) *
                    (0.97 + 0.06 * noise(200 * u, 200 * v, easel.seed + 1));
    for (const double along : {u, v}) {
      const double cell = along / pitch, off = std::abs(cell - std::round(cell)) * pitch;
      const bool is_heavy = static_cast<int>(std::round(cell)) % 5 == 0;
      result = mix(result, white, (is_heavy ? 0.26 : 0.12) * rises(0.0011 - off, -0.0006, 0.0006));
    }
    const std::size_t i = raster.index(x, y);
    const Shape& shape = scene.shapes[static_cast<std::size_t>(raster.shape()[i])];
    // What is dark is hatched, as if it were cut.
    const bool is_cut = shape.role == Role::Roof || shape.role == Role::Wood || shape.role == Role::Thing ||
                        shape.role == Role::Plant;
    if (is_cut && tones[i] < 0.62) {
      const double angle = raster.shape()[i] % 2 == 0 ? 0.78 : -0.78,
                   fine = tones[i] < 0.32 ? 0.0085 : 0.0135;
      const double phase = (v * std::cos(angle) - u * std::sin(angle)) / fine;
      result = mix(result, white, 0.5 * rises(0.09 - std::abs(phase - std::round(phase)), -0.05, 0.05));
    }
    const double waver = 0.002, a = waver * (noise(8 * u, 8 * v, easel.seed + 2) - 0.5),
                 b = waver * (noise(8 * u, 8 * v, easel.seed + 3) - 0.5);
    const double thick =
        shape.role == Role::Sky || shape.role == Role::Cloud || shape.role == Role::Water ? 0.0011 : 0.0019;
    const double line = rises(thick - away[raster.index_at(u + a, v + b)] / easel.scale, -0.0006, 0.0006);
    return mix(result, white, line * (0.72 + 0.3 * noise(60 * u, 60 * v, easel.seed + 4)));
  });
  // Construction lines, circles and measures.
  const double w = scene.width, h = scene.height;
  for (int i = 0; i < 3; ++i) {
    const double u = dice.between(0.12, 0.88) * w, v = dice.between(0.2, 0.85) * h;
    dashed(sheet, {u, 0.045}, {u, h - 0.045}, 0.0016, white, 0.55);
    dashed(sheet, {0.045, v}, {w - 0.045, v}, 0.0016, white, 0.55);
  }
  for (int i = 0; i < 3; ++i) {
    const Point centre =
        i == 0 ? scene.focus : Point{dice.between(0.2, 0.8) * w, dice.between(0.25, 0.75) * h};
    const Outline circle = ellipse(centre.x, centre.y, dice.between(0.1, 0.28), 1);
    const double r = circle.front().x - centre.x;
    const Outline round = ellipse(centre.x, centre.y, r, r);
    for (std::size_t k = 0; k < round.size(); ++k)
      sheet.line(round[k], round[(k + 1) % round.size()], 0.0014, white, 0.5);
    sheet.line({centre.x - 0.03, centre.y}, {centre.x + 0.03, centre.y}, 0.0014, white, 0.7);
    sheet.line({centre.x, centre.y - 0.03}, {centre.x, centre.y + 0.03}, 0.0014, white, 0.7);
  }
  for (int i = 0; i < 3; ++i) {
    const double v = h - 0.075 - 0.05 * i, from = dice.between(0.07, 0.3) * w;
    if (i == 0)
      dimension(sheet, {0.08, v}, {w - 0.42, v}, white);
    else
      dimension(sheet, {0.06 + 0.035 * i, from}, {0.06 + 0.035 * i, from + dice.between(0.2, 0.5) * h},
                white);
  }
  // Frame and title block with lines where words would be.
  const Outline frame = box(0.03, 0.03, w - 0.06, h - 0.06), title = box(w - 0.35, h - 0.15, 0.32, 0.12);
  for (std::size_t k = 0; k < 4; ++k) sheet.line(frame[k], frame[(k + 1) % 4], 0.003, white, 0.95);
  for (int y = static_cast<int>((h - 0.15) * easel.scale); y < static_cast<int>((h - 0.03) * easel.scale);
       ++y) {
    for (int x = static_cast<int>((w - 0.35) * easel.scale); x < static_cast<int>((w - 0.03) * easel.scale);
         ++x)
      sheet.at[sheet.index(x, y)] = mix(sheet.at[sheet.index(x, y)], blue, 0.85);
  }
  for (std::size_t k = 0; k < 4; ++k) sheet.line(title[k], title[(k + 1) % 4], 0.003, white, 0.95);
  for (int row = 0; row < 4; ++row) {
    const double v = h - 0.15 + 0.03 * row;
    if (row > 0) sheet.line({w - 0.35, v}, {w - 0.03, v}, 0.0016, white, 0.9);
    for (double u = w - 0.335; u < w - (row == 1 ? 0.08 : 0.16); u += dice.between(0.02, 0.05))
      sheet.line({u, v + 0.017}, {u + dice.between(0.008, 0.02), v + 0.017}, row == 1 ? 0.009 : 0.005, white,
                 0.8);
  }
  return sheet;
}

}  // namespace atelier::style::procedural
