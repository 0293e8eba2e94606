#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

struct Tessera {
  Point at;
  double angle = 0;
  Point sum = {};
  double count = 0;
};

// Square stones laid along the forms: a centroidal Voronoi diagram in turned square distance. After Hausner:
// Simulating decorative mosaics, 2001.
class Pavement {
 public:
  Pavement(const Easel& easel, const Raster& raster, double stone)
      : easel_(easel), raster_(raster), stone_(stone) {
    away_ = border_distance(raster.shape(), easel.width, easel.height);
    columns_ = static_cast<int>(easel.scene.width / stone) + 2;
    rows_ = static_cast<int>(easel.scene.height / stone) + 2;
    Dice dice = easel.dice.fork(3);
    for (double v = stone / 2; v < easel.scene.height + stone / 2; v += stone) {
      for (double u = stone / 2; u < easel.scene.width + stone / 2; u += stone)
        stones_.push_back({.at = {u + stone * dice.between(-0.3, 0.3), v + stone * dice.between(-0.3, 0.3)}});
    }
    constexpr int kRounds = 9;
    for (int i = 0; i < kRounds; ++i) settle();
    sort_into_buckets();
  }

  const std::vector<Tessera>& stones() const { return stones_; }

  /// The stone a place belongs to and how far it is from its middle, 1 at the side of a perfect square.
  std::pair<int, Point> find(double u, double v) const {
    int best = -1;
    double nearest = 1e9;
    Point in_frame;
    const int cx = static_cast<int>(u / stone_), cy = static_cast<int>(v / stone_);
    for (int y = std::max(0, cy - 1); y <= std::min(rows_ - 1, cy + 1); ++y) {
      for (int x = std::max(0, cx - 1); x <= std::min(columns_ - 1, cx + 1); ++x) {
        for (const int s : buckets_[static_cast<std::size_t>(y * columns_ + x)]) {
          const Tessera& t = stones_[static_cast<std::size_t>(s)];
          const double dx = u - t.at.x, dy = v - t.at.y, c = std::cos(t.angle), n = std::sin(t.angle);
          const Point frame = {(dx * c + dy * n) / (stone_ / 2), (dy * c - dx * n) / (stone_ / 2)};
          const double away = std::max(std::abs(frame.x), std::abs(frame.y));
          if (away < nearest) {
            nearest = away;
            best = s;
            in_frame = frame;
          }
        }
      }
    }
    return {best, in_frame};
  }

 private:
  double away_at(double u, double v) const { return away_[raster_.index_at(u, v)]; }

  void sort_into_buckets() {
    buckets_.assign(static_cast<std::size_t>(rows_ * columns_), {});
    for (std::size_t s = 0; s < stones_.size(); ++s) {
      Tessera& t = stones_[s];
      const double step = 0.35 * stone_;
      const double gx = away_at(t.at.x + step, t.at.y) - away_at(t.at.x - step, t.at.y),
                   gy = away_at(t.at.x, t.at.y + step) - away_at(t.at.x, t.at.y - step);
      t.angle = std::hypot(gx, gy) > 0.3 ? std::atan2(gy, gx) : t.angle;
      const int x = std::clamp(static_cast<int>(t.at.x / stone_), 0, columns_ - 1),
                y = std::clamp(static_cast<int>(t.at.y / stone_), 0, rows_ - 1);
      buckets_[static_cast<std::size_t>(y * columns_ + x)].push_back(static_cast<int>(s));
    }
  }

  void settle() {
    sort_into_buckets();
    const double step = stone_ / 7;
    for (double v = step / 2; v < easel_.scene.height; v += step) {
      for (double u = step / 2; u < easel_.scene.width; u += step) {
        // Borders push stones off, so that few lie across them.
        if (away_at(u, v) < 0.16 * stone_ * easel_.scale) continue;
        const int s = find(u, v).first;
        if (s < 0) continue;
        Tessera& t = stones_[static_cast<std::size_t>(s)];
        t.sum = {t.sum.x + u, t.sum.y + v};
        ++t.count;
      }
    }
    for (Tessera& t : stones_) {
      if (t.count > 0) t.at = {t.sum.x / t.count, t.sum.y / t.count};
      t.sum = {};
      t.count = 0;
    }
  }

  const Easel& easel_;
  const Raster& raster_;
  double stone_;
  std::vector<float> away_;
  std::vector<Tessera> stones_;
  std::vector<std::vector<int>> buckets_;
  int columns_ = 0, rows_ = 0;
};

}  // namespace

Sheet paint_mosaic(const Easel& given) {
  Easel easel = given;
  Dice dice = easel.dice.fork(1);
  easel.scene = without_small_shapes(given.scene, 0.0004);
  const Raster raster = easel.raster();
  const double stone = dice.between(0.021, 0.029);
  const Pavement pavement(easel, raster, stone);
  const Palette& p = easel.scene.palette;
  const Colour grout =
      dice.chance(0.5) ? mix(p.wall, {0.5f, 0.48f, 0.45f}, 0.6) : mix(p.dark, {0.3f, 0.28f, 0.27f}, 0.6);

  std::vector<Colour> colours;
  for (std::size_t s = 0; s < pavement.stones().size(); ++s) {
    const Point at = pavement.stones()[s].at;
    const std::size_t i = raster.index_at(at.x, at.y);
    const int n = static_cast<int>(s);
    Colour colour = saturated(raster.colour()[i], 1.15) * (0.8 + 0.36 * speckle(n, 1, easel.seed));
    const double tint = speckle(n, 2, easel.seed);
    colour = mix(colour, tint < 0.5 ? p.paper : p.dark, 0.22 * std::abs(tint - 0.5));
    if (easel.scene.shapes[static_cast<std::size_t>(raster.shape()[i])].role == Role::Light)
      colour = mix(colour, rgb(0xd9a520), 0.55) * (0.75 + 0.6 * speckle(n, 3, easel.seed));
    colours.push_back(clamped(colour));
  }
  Sheet sheet = easel.sheet(grout);
  sheet.paint([&](int, int, double u, double v) -> Colour {
    const double wobble = 0.06 * stone;
    const auto [s, frame] = pavement.find(u + wobble * (noise(60 * u, 60 * v, easel.seed) - 0.5),
                                          v + wobble * (noise(60 * u, 60 * v, easel.seed + 1) - 0.5));
    const double sand = 0.85 + 0.3 * noise(220 * u, 220 * v, easel.seed + 2);
    if (s < 0) return grout * sand;
    const double size = 0.82 + 0.1 * speckle(s, 4, easel.seed);
    const double ax = std::abs(frame.x) / size, ay = std::abs(frame.y) / size;
    const double rim = std::pow(std::pow(ax, 7) + std::pow(ay, 7), 1.0 / 7);
    if (rim > 1) return grout * (sand * (0.72 + 0.28 * rises(rim, 1.0, 1.25)));
    const double tilt =
        0.16 * (frame.x * (speckle(s, 5, easel.seed) - 0.5) + frame.y * (speckle(s, 6, easel.seed) - 0.5)) *
        2;
    const double bevel = rises(rim, 0.7, 1.0) * (frame.x + frame.y < 0 ? 0.22 : -0.26);
    const double vein = 0.16 * (clouds(30 * u, 30 * v, easel.seed + static_cast<std::uint32_t>(s), 3) - 0.5);
    return colours[static_cast<std::size_t>(s)] * (1 + tilt + bevel + vein);
  });
  return sheet;
}

}  // namespace atelier::style::procedural
