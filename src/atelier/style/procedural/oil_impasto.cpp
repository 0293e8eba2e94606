#include <numbers>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

// Paint with a thickness: dabs of a bristle brush one over the other.
class Impasto {
 public:
  Impasto(const Easel& easel, const Raster& raster, Dice& dice)
      : easel_(easel),
        raster_(raster),
        dice_(dice),
        paint_(easel.sheet({})),
        height_(raster.shape().size(), 0.0f),
        border_(border_distance(raster.shape(), easel.width, easel.height)) {
    paint_.at = raster.colour();
  }

  // Dabs of one size, everywhere or only where forms are finer than the dabs before.
  void cover(double length, double thick, double finer_than) {
    const double step = thick * 0.72;
    std::vector<Point> places;
    for (double v = -step; v < easel_.scene.height + step; v += step) {
      for (double u = -step; u < easel_.scene.width + step; u += 2.1 * step)
        places.push_back({u + 2.1 * step * dice_.unit(), v + step * dice_.unit()});
    }
    for (std::size_t i = places.size(); i > 1; --i)
      std::swap(places[i - 1], places[static_cast<std::size_t>(dice_.below(static_cast<int>(i)))]);
    for (const Point& at : places) {
      const std::size_t i = raster_.index_at(at.x, at.y);
      if (border_[i] / easel_.scale > finer_than) continue;
      dab(at, length * dice_.between(0.7, 1.3), thick * dice_.between(0.8, 1.2), i);
    }
  }

  Sheet lit() const {
    Sheet sheet = paint_;
    const int reach = std::max(1, static_cast<int>(std::lround(0.0014 * easel_.scale)));
    sheet.paint([&](int x, int y, double u, double v) -> Colour {
      const std::size_t i = raster_.index(x, y);
      const auto h = [&](int a, int b) { return static_cast<double>(height_[raster_.index(x + a, y + b)]); };
      const double slope = (h(-reach, 0) - h(reach, 0)) + (h(0, -reach) - h(0, reach));
      const double light = std::clamp(-slope, -0.7, 0.7);
      const double canvas = 0.03 * (std::sin(u * 900) + std::sin(v * 900)) *
                            (1 - std::min(1.0, 1.3 * static_cast<double>(height_[i])));
      return clamped(paint_.at[i] * (1 + 0.42 * light + canvas) +
                     Colour{1, 1, 0.97f} * (0.2 * rises(light, 0.28, 0.7)));
    });
    return sheet;
  }

 private:
  double direction(const Point& at, const Shape& shape) const {
    if (shape.role == Role::Sky || shape.role == Role::Water || shape.role == Role::Light) {
      // Swirls around the light that lose themselves in a wind.
      const double dx = at.x - easel_.scene.focus.x, dy = at.y - easel_.scene.focus.y,
                   near = std::exp(-4 * std::hypot(dx, dy));
      const double wind = shape.angle + 2.6 * (noise(2.6 * at.x, 2.6 * at.y, easel_.seed) - 0.5) *
                                            (shape.role == Role::Water ? 0.3 : 1.0);
      return shape.role == Role::Water
                 ? wind
                 : wind * (1 - near) + (std::atan2(dy, dx) + std::numbers::pi / 2) * near;
    }
    return shape.angle + 1.1 * (noise(4 * at.x, 4 * at.y, easel_.seed + 1) - 0.5);
  }

  void dab(const Point& at, double length, double thick, std::size_t source) {
    const Shape& shape = easel_.scene.shapes[static_cast<std::size_t>(raster_.shape()[source])];
    const double angle = direction(at, shape) + dice_.between(-0.14, 0.14), c = std::cos(angle),
                 n = std::sin(angle), bow = dice_.between(-0.22, 0.22);
    Colour colour = saturated(raster_.colour()[source], 1.12) * dice_.between(0.84, 1.14);
    const double lot = dice_.unit();
    const Palette& p = easel_.scene.palette;
    colour = mix(colour,
                 lot < 0.3    ? p.light
                 : lot < 0.55 ? p.sky_high
                 : lot < 0.75 ? p.second
                              : p.first,
                 dice_.between(0, 0.2));
    const auto seed = static_cast<std::uint32_t>(dice_.next());
    const double scale = easel_.scale, reach = (length + thick) / 2 * scale;
    const int cx = static_cast<int>(at.x * scale), cy = static_cast<int>(at.y * scale),
              r = static_cast<int>(reach) + 1;
    for (int y = std::max(0, cy - r); y <= std::min(easel_.height - 1, cy + r); ++y) {
      for (int x = std::max(0, cx - r); x <= std::min(easel_.width - 1, cx + r); ++x) {
        const double dx = (x + 0.5) / scale - at.x, dy = (y + 0.5) / scale - at.y;
        const double along = (dx * c + dy * n) / (length / 2),
                     across = (dy * c - dx * n) / (thick / 2) + bow * (along * along * length / thick - 0.3);
        if (std::abs(across) >= 1 || std::abs(along) >= 1.1) continue;
        const double bristle = noise(along * 1.3 + 5, across * 6, seed);
        const double end = 1 - 0.35 * noise(3.0, across * 7, seed + 1) - 0.3 * across * across;
        if (std::abs(along) > end || std::abs(across) > 0.93 + 0.07 * bristle) continue;
        const std::size_t i = raster_.index(x, y);
        const double ridge = std::pow(std::abs(across), 4) * 0.35 + 0.45 * rises(along, 0.4, end);
        const double body = 0.25 + 0.5 * bristle + ridge;
        paint_.at[i] = clamped(mix(paint_.at[i], colour * (0.86 + 0.28 * bristle), 0.93));
        height_[i] = static_cast<float>(0.35 * static_cast<double>(height_[i]) + 0.65 * body);
      }
    }
  }

  const Easel& easel_;
  const Raster& raster_;
  Dice& dice_;
  Sheet paint_;
  std::vector<float> height_, border_;
};

}  // namespace

Sheet paint_oil_impasto(const Easel& easel) {
  Dice dice = easel.dice.fork(1);
  const Raster raster = easel.raster();
  Impasto impasto(easel, raster, dice);
  const double size = dice.between(0.85, 1.15);
  impasto.cover(0.105 * size, 0.032 * size, 1e9);
  impasto.cover(0.06 * size, 0.018 * size, 0.03);
  impasto.cover(0.03 * size, 0.0095 * size, 0.011);
  return impasto.lit();
}

}  // namespace atelier::style::procedural
