#include <numbers>
#include <unordered_map>

#include "atelier/style/procedural/media.h"

namespace atelier::style::procedural {
namespace {

constexpr double kPane = 0.105;    // how large a piece of glass is
constexpr double kBorder = 0.045;  // of coloured panes around the picture

std::int64_t pane_key(std::int64_t a, std::int64_t b, std::int64_t c) {
  return (a * 4099 + b + 2000) * 4099 + c + 2000;
}

// Skies break into rings and rays around the light, everything else into irregular panes.
class GlassCutter {
 public:
  GlassCutter(const Easel& easel, const Raster& raster)
      : easel_(easel), areas_(easel.scene.shapes.size(), 0) {
    for (const int shape : raster.shape())
      areas_[static_cast<std::size_t>(shape)] += 1 / (easel.scale * easel.scale);
  }

  std::int64_t pane(int shape, double u, double v) const {
    const Scene& scene = easel_.scene;
    if (u < kBorder || v < kBorder || u > scene.width - kBorder || v > scene.height - kBorder)
      return border(u, v);
    const auto s = static_cast<std::size_t>(shape);
    if (areas_[s] < 1.6 * kPane * kPane) return pane_key(shape + 10, 0, 0);
    const Role role = scene.shapes[s].role;
    if (role == Role::Sky || role == Role::Light) {
      const double r = std::hypot(u - scene.focus.x, v - scene.focus.y),
                   turn = std::atan2(v - scene.focus.y, u - scene.focus.x) / (2 * std::numbers::pi) + 0.5;
      const double waver = 0.3 * (noise(3 * u, 3 * v, easel_.seed) - 0.5);
      const auto ring = static_cast<std::int64_t>(r / 0.16 + waver);
      const std::int64_t rays = ring < 1 ? 8 : ring < 4 ? 16 : 32;
      return pane_key(
          shape + 10, ring,
          static_cast<std::int64_t>(turn * static_cast<double>(rays) + 0.37 * static_cast<double>(ring)) %
              rays);
    }
    // Panes of land and water lie, those of other things stand.
    const bool lies = role == Role::Land || role == Role::Water;
    const double stretch = lies ? 0.62 : 1.0;
    double best = 1e9;
    std::int64_t key = 0;
    const int cx = static_cast<int>(std::floor(u * stretch / kPane)),
              cy = static_cast<int>(std::floor(v / kPane));
    for (int y = cy - 1; y <= cy + 1; ++y) {
      for (int x = cx - 1; x <= cx + 1; ++x) {
        const double px = (x + speckle(x, y, easel_.seed)) * kPane,
                     py = (y + speckle(x, y, easel_.seed + 1)) * kPane;
        const double away = std::hypot(u * stretch - px, v - py);
        if (away < best) {
          best = away;
          key = pane_key(shape + 10, x, y);
        }
      }
    }
    return key;
  }

 private:
  std::int64_t border(double u, double v) const {
    const Scene& scene = easel_.scene;
    const bool is_side = u < kBorder || u > scene.width - kBorder;
    const double along = is_side ? v : u, step = 0.12;
    const bool is_corner = is_side && (v < kBorder || v > scene.height - kBorder);
    return pane_key(is_side ? (u < kBorder ? 1 : 2) : (v < kBorder ? 3 : 4),
                    is_corner ? (v < kBorder ? 100 : 101) : static_cast<std::int64_t>(along / step), 0);
  }

  const Easel& easel_;
  std::vector<double> areas_;
};

}  // namespace

Sheet paint_stained_glass(const Easel& given) {
  Easel easel = given;
  easel.scene = without_small_shapes(given.scene, 0.0008);
  const Raster raster = easel.raster();
  const GlassCutter cutter(easel, raster);
  Sheet sheet = easel.sheet({});
  const double scale = easel.scale;

  std::unordered_map<std::int64_t, int> numbers;
  std::vector<int> panes(raster.shape().size());
  std::vector<int> sizes;
  for (int y = 0; y < easel.height; ++y) {
    for (int x = 0; x < easel.width; ++x) {
      const std::size_t i = raster.index(x, y);
      const auto [found, is_new] =
          numbers.try_emplace(cutter.pane(raster.shape()[i], (x + 0.5) / scale, (y + 0.5) / scale),
                              static_cast<int>(numbers.size()));
      if (is_new) sizes.push_back(0);
      ++sizes[static_cast<std::size_t>(panes[i] = found->second)];
    }
  }
  // Splinters join a neighbour of the same shape.
  const double splinter = 0.0011 * scale * scale;
  for (int pass = 0; pass < 4; ++pass) {
    const bool is_forward = pass % 2 == 0;
    for (std::size_t k = 0; k < panes.size(); ++k) {
      const std::size_t i = is_forward ? k : panes.size() - 1 - k;
      if (sizes[static_cast<std::size_t>(panes[i])] > splinter) continue;
      const int x = static_cast<int>(i % static_cast<std::size_t>(easel.width)),
                y = static_cast<int>(i / static_cast<std::size_t>(easel.width)), step = is_forward ? -1 : 1;
      for (const std::size_t j : {raster.index(x + step, y), raster.index(x, y + step)}) {
        if (raster.shape()[j] == raster.shape()[i] && sizes[static_cast<std::size_t>(panes[j])] > splinter)
          panes[i] = panes[j];
      }
    }
  }
  const std::vector<float> away = border_distance(panes, easel.width, easel.height);

  std::vector<Colour> sums(sizes.size());
  std::vector<int> counts(sizes.size(), 0);
  for (std::size_t i = 0; i < panes.size(); ++i) {
    const auto p = static_cast<std::size_t>(panes[i]);
    sums[p] = sums[p] + raster.colour()[i];
    ++counts[p];
  }
  const Palette& palette = easel.scene.palette;
  const Colour border_glass[] = {palette.first, palette.second, palette.third, palette.middle};
  std::vector<Colour> glass(sizes.size());
  for (const auto& [key, p] : numbers) {
    const auto n = static_cast<std::size_t>(p);
    const double lot = speckle(p, 7, easel.seed), other = speckle(p, 8, easel.seed);
    Colour colour = saturated(sums[n] * (1.0 / std::max(1, counts[n])), 1.65);
    if (key < pane_key(10, -1000, 0))
      colour = saturated(border_glass[static_cast<std::size_t>(lot * 4)], 1.5);
    glass[n] =
        clamped(mix(colour, border_glass[static_cast<std::size_t>(other * 4)], 0.1) * (0.72 + 0.5 * lot));
  }
  const double lead = 0.0042 * (1 + 0.3 * easel.dice.fork(1).unit());
  sheet.paint([&](int x, int y, double u, double v) -> Colour {
    const std::size_t i = raster.index(x, y);
    const double d = away[i] / scale;
    const bool is_frame = std::min({u, v, easel.scene.width - u, easel.scene.height - v}) < 0.007;
    if (d < lead || is_frame) {
      // Light catches the round back of the lead.
      const double shine = is_frame ? 0.3 : rises(1 - d / lead, 0.35, 1.0);
      const double metal = 0.05 + 0.16 * shine * (0.6 + 0.8 * noise(40 * u, 40 * v, easel.seed + 5));
      return Colour{1, 1, 1.06f} * metal;
    }
    const auto p = static_cast<std::size_t>(panes[i]);
    const double turn = 3.1 * speckle(panes[i], 3, easel.seed),
                 along = u * std::cos(turn) + v * std::sin(turn),
                 across = v * std::cos(turn) - u * std::sin(turn);
    const double streaks = clouds(5 * along, 42 * across, easel.seed + static_cast<std::uint32_t>(p), 3);
    const double seeds = rises(noise(130 * u, 130 * v, easel.seed + 9), 0.86, 0.95);
    const double glow = 0.35 * std::exp(-3 * std::hypot(u - easel.scene.focus.x, v - easel.scene.focus.y));
    const double soot = 0.55 + 0.45 * rises(d, lead, lead + 0.011);
    const Colour lit = glass[p] * ((0.62 + 0.75 * streaks + glow) * soot);
    return mix(lit, Colour{1, 1, 0.95f}, 0.12 * seeds + 0.1 * rises(streaks, 0.55, 0.85) + 0.25 * glow);
  });
  return sheet;
}

}  // namespace atelier::style::procedural
