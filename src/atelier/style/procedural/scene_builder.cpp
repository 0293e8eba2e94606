#include "atelier/style/procedural/scene_builder.h"

#include <algorithm>
#include <cmath>

namespace atelier::style::procedural {
namespace {

struct Bounds {
  Point low{1e9, 1e9}, high{-1e9, -1e9};
};

Bounds bounds_of(const Outline& outline) {
  Bounds bounds;
  for (const Point& p : outline) {
    bounds.low = {std::min(bounds.low.x, p.x), std::min(bounds.low.y, p.y)};
    bounds.high = {std::max(bounds.high.x, p.x), std::max(bounds.high.y, p.y)};
  }
  return bounds;
}

}  // namespace

Shape& SceneBuilder::add(Role role, Outline outline, const Colour& lit, const Colour& shaded, double angle) {
  const Bounds bounds = bounds_of(outline);
  scene_.shapes.push_back({.role = role,
                           .outline = std::move(outline),
                           .lit = clamped(lit),
                           .shaded = clamped(shaded),
                           .from = {0, bounds.low.y},
                           .to = {0, bounds.high.y},
                           .angle = angle});
  return scene_.shapes.back();
}

Shape& SceneBuilder::add_round(Role role, Outline outline, const Colour& lit, const Colour& shaded,
                               double angle) {
  const Bounds bounds = bounds_of(outline);
  const Point centre = {(bounds.low.x + bounds.high.x) / 2, (bounds.low.y + bounds.high.y) / 2};
  const double rx = (bounds.high.x - bounds.low.x) / 2, ry = (bounds.high.y - bounds.low.y) / 2;
  const double dx = scene_.focus.x - centre.x, dy = scene_.focus.y - centre.y,
               length = std::max(0.05, std::hypot(dx, dy));
  Shape& shape = add(role, std::move(outline), lit, shaded, angle);
  shape.is_round = true;
  shape.from = {centre.x + 0.45 * rx * dx / length, centre.y + 0.45 * ry * dy / length};
  shape.to = {shape.from.x + 1.35 * std::max(rx, ry), shape.from.y};
  return shape;
}

Shape& SceneBuilder::add_flat(Role role, Outline outline, const Colour& colour, double angle) {
  return add(role, std::move(outline), colour, colour * 0.86, angle);
}

const Colour& SceneBuilder::accent() {
  const Palette& p = scene_.palette;
  const int which = dice_.below(3);
  return which == 0 ? p.first : which == 1 ? p.second : p.third;
}

void SceneBuilder::sky(double horizon) {
  add(Role::Sky, box(-0.02, -0.02, scene_.width + 0.04, scene_.height + 0.04), scene_.palette.sky_high,
      scene_.palette.sky_low)
      .to.y = horizon;
}

void SceneBuilder::light(double size) {
  const Palette& p = scene_.palette;
  const Point at = scene_.focus;
  for (const auto& [radius, strength] : {std::pair{2.6, 0.3}, {1.75, 0.6}, {1.0, 1.0}}) {
    const Colour colour = mix(p.sky_low, p.light, strength);
    add_flat(Role::Light, ellipse(at.x, at.y, size * radius, size * radius), colour).shaded = colour;
  }
}

void SceneBuilder::cloud(double x, double y, double size) {
  const Palette& p = scene_.palette;
  const Colour bright = mix(p.sky_low, {1, 1, 1}, 0.6), dim = mix(p.sky_low, p.sky_high, 0.35);
  const int puffs = 3 + dice_.below(3);
  for (int i = 0; i < puffs; ++i) {
    const double t = (i + 0.5) / puffs - 0.5, swell = 1 - 2.2 * t * t;
    add(Role::Cloud,
        blob(dice_, x + 2.4 * size * t, y - 0.25 * size * swell, 0.65 * size * swell, 0.42 * size * swell,
             0.1),
        bright, dim);
  }
}

void SceneBuilder::round_tree(double x, double ground, double size) {
  const Palette& p = scene_.palette;
  const double w = 0.09 * size;
  add(Role::Wood,
      {{x - w, ground},
       {x - w / 2, ground - 0.55 * size},
       {x + w / 2, ground - 0.55 * size},
       {x + w, ground}},
      mix(p.dark, p.wall, 0.35), p.dark, kPi / 2);
  const Colour leaves =
      dice_.chance(0.7) ? mix(p.near, p.middle, dice_.between(0.1, 0.9)) : mix(accent(), p.near, 0.35);
  const double rx = size * dice_.between(0.3, 0.42), ry = size * dice_.between(0.32, 0.42),
               top = ground - 0.68 * size;
  add_round(Role::Plant, blob(dice_, x, top, rx, ry, 0.16), leaves, leaves * 0.6, 0.7);
  add_round(Role::Plant, blob(dice_, x - 0.25 * rx, top - 0.28 * ry, 0.52 * rx, 0.45 * ry, 0.2),
            mix(leaves, p.light, 0.35), leaves, 0.7);
}

void SceneBuilder::cypress(double x, double ground, double size) {
  const Palette& p = scene_.palette;
  const double w = size * dice_.between(0.13, 0.18), bend = size * dice_.between(-0.05, 0.05);
  const Outline outline = smooth({{x - w * 0.5, ground},
                                  {x - w, ground - 0.3 * size},
                                  {x - w * 0.7 + bend, ground - 0.65 * size},
                                  {x + bend, ground - size},
                                  {x + w * 0.7 + bend, ground - 0.6 * size},
                                  {x + w, ground - 0.28 * size},
                                  {x + w * 0.5, ground}});
  add_round(Role::Plant, outline, mix(p.near, p.middle, 0.35), mix(p.near, p.dark, 0.45), kPi / 2);
}

void SceneBuilder::pine(double x, double ground, double size) {
  const Palette& p = scene_.palette;
  add(Role::Wood, box(x - 0.03 * size, ground - 0.2 * size, 0.06 * size, 0.2 * size),
      mix(p.dark, p.wall, 0.3), p.dark, kPi / 2);
  const Colour green = mix(p.near, p.middle, dice_.between(0, 0.45));
  constexpr int kTiers = 4;
  for (int i = 0; i < kTiers; ++i) {
    const double base = ground - size * (0.12 + 0.2 * i), w = size * (0.29 - 0.055 * i), h = size * 0.33;
    add(Role::Plant,
        {{x - w, base},
         {x - w * 0.35, base - h * 0.5},
         {x, base - h},
         {x + w * 0.35, base - h * 0.5},
         {x + w, base},
         {x, base - 0.05 * size}},
        mix(green, p.light, 0.12 + 0.05 * i), green * 0.72, 1.2);
  }
}

void SceneBuilder::house(double x, double ground, double size) {
  const Palette& p = scene_.palette;
  const double w = size * dice_.between(0.75, 1.05), h = size * 0.58, deep = size * dice_.between(0.35, 0.6),
               roof = size * 0.42;
  const bool is_lit_left = scene_.focus.x < x;
  const Colour wall = dice_.chance(0.6) ? p.wall : mix(p.wall, accent(), 0.45),
               tiles = dice_.chance(0.65) ? p.first : accent();
  // The gable looks at us, the long side leads away from it.
  const double gable = w * 0.5, left = x - w / 2;
  add(Role::Wall, box(left + gable, ground - h, deep, h), wall * (is_lit_left ? 0.72 : 1),
      wall * (is_lit_left ? 0.6 : 0.88), kPi / 2);
  add(Role::Roof,
      {{left + gable / 2, ground - h - roof},
       {left + gable / 2 + deep, ground - h - roof},
       {left + gable + deep + 0.03 * size, ground - h + 0.02 * size},
       {left + gable + 0.03 * size, ground - h + 0.02 * size}},
      tiles, tiles * 0.78, 0.15);
  add(Role::Wall,
      {{left, ground},
       {left, ground - h},
       {left + gable / 2, ground - h - roof},
       {left + gable, ground - h},
       {left + gable, ground}},
      wall * (is_lit_left ? 1.0 : 0.8), wall * (is_lit_left ? 0.9 : 0.68), kPi / 2);
  add(Role::Roof, box(left + gable * 0.5 + deep * 0.55, ground - h - roof * 1.25, 0.09 * size, roof * 0.55),
      tiles * 0.8, tiles * 0.65, kPi / 2);
  const Colour glass = dice_.chance(0.5) ? p.light : mix(p.dark, p.sky_high, 0.4);
  add_flat(Role::Opening, box(left + gable * 0.34, ground - 0.34 * size, gable * 0.32, 0.34 * size),
           mix(accent(), p.dark, 0.3), kPi / 2);
  add_flat(Role::Opening, box(left + gable * 0.37, ground - h - roof * 0.3, gable * 0.26, 0.15 * size), glass,
           kPi / 2);
  const int windows = deep > 0.45 * size ? 2 : 1;
  for (int i = 0; i < windows; ++i) {
    add_flat(Role::Opening,
             box(left + gable + deep * (i + 0.5) / windows - 0.06 * size, ground - 0.42 * size, 0.12 * size,
                 0.17 * size),
             glass, kPi / 2);
  }
}

void SceneBuilder::church(double x, double ground, double size) {
  const Palette& p = scene_.palette;
  const double w = 0.2 * size;
  house(x + 0.32 * size, ground, 0.55 * size);
  add(Role::Wall, box(x - w / 2, ground - 0.66 * size, w, 0.66 * size), p.wall, p.wall * 0.75, kPi / 2);
  add(Role::Roof,
      {{x - w * 0.62, ground - 0.65 * size}, {x, ground - 1.1 * size}, {x + w * 0.62, ground - 0.65 * size}},
      p.first, p.first * 0.7, kPi / 2);
  add_flat(Role::Opening, ellipse(x, ground - 0.53 * size, 0.25 * w, 0.25 * w), p.light);
  add_flat(Role::Opening, box(x - 0.14 * w, ground - 0.36 * size, 0.28 * w, 0.14 * size), p.dark, kPi / 2);
}

void SceneBuilder::boat(double x, double water, double size) {
  const Palette& p = scene_.palette;
  const Colour hull = accent(), cloth = dice_.chance(0.5) ? mix(p.wall, {1, 1, 1}, 0.4) : accent();
  const double s = size, way = dice_.chance(0.5) ? 1 : -1;
  add(Role::Water,
      smooth({{x - 0.34 * s, water + 0.03 * s},
              {x + 0.34 * s, water + 0.03 * s},
              {x + 0.16 * s, water + 0.3 * s},
              {x, water + 0.52 * s},
              {x - 0.1 * s, water + 0.25 * s}}),
      mix(cloth, p.sky_high, 0.6), mix(p.sky_high, p.middle, 0.5));
  add(Role::Wood, box(x - 0.012 * s, water - 0.92 * s, 0.024 * s, 0.9 * s), mix(p.dark, p.wall, 0.3), p.dark,
      kPi / 2);
  add(Role::Thing,
      {{x + way * 0.03 * s, water - 0.9 * s},
       {x + way * 0.22 * s, water - 0.45 * s},
       {x + way * 0.34 * s, water - 0.14 * s},
       {x + way * 0.03 * s, water - 0.12 * s}},
      cloth, cloth * 0.8, 1.3);
  add(Role::Thing,
      {{x - way * 0.03 * s, water - 0.8 * s},
       {x - way * 0.26 * s, water - 0.13 * s},
       {x - way * 0.03 * s, water - 0.14 * s}},
      mix(cloth, accent(), 0.5), cloth * 0.7, 1.8);
  add(Role::Thing,
      {{x - 0.4 * s, water - 0.11 * s},
       {x + 0.44 * s, water - 0.13 * s},
       {x + 0.3 * s, water + 0.05 * s},
       {x - 0.28 * s, water + 0.05 * s}},
      hull, hull * 0.6, 0.1);
  add_flat(Role::Thing,
           {{x - 0.385 * s, water - 0.09 * s},
            {x + 0.42 * s, water - 0.105 * s},
            {x + 0.395 * s, water - 0.065 * s},
            {x - 0.355 * s, water - 0.055 * s}},
           mix(p.wall, {1, 1, 1}, 0.4));
}

void SceneBuilder::leaf(double x, double y, double length, double angle, const Colour& colour) {
  const double c = std::cos(angle), s = std::sin(angle);
  const auto at = [&](double u, double v) {
    return Point{x + length * (u * c - v * s), y + length * (u * s + v * c)};
  };
  add(Role::Plant,
      smooth({at(0, 0), at(0.35, -0.17), at(0.7, -0.13), at(1, 0), at(0.7, 0.13), at(0.35, 0.17)}), colour,
      colour * 0.68, angle);
  add_flat(Role::Plant, ribbon({at(0.05, 0), at(0.9, 0)}, 0.03 * length, 0.01 * length),
           mix(colour, scene_.palette.light, 0.45), angle);
}

void SceneBuilder::flower(double x, double y, double size, int form, const Colour& petals) {
  const Palette& p = scene_.palette;
  const double turn = dice_.between(0, 2 * kPi);
  if (form == 0) {  // daisy
    const int count = 9 + dice_.below(4);
    for (int i = 0; i < count; ++i) {
      const double a = turn + 2 * kPi * i / count;
      add(Role::Plant,
          ellipse(x + 0.6 * size * std::cos(a), y + 0.6 * size * std::sin(a), 0.42 * size, 0.16 * size, a),
          petals, petals * 0.8, a);
    }
    add_round(Role::Plant, ellipse(x, y, 0.27 * size, 0.27 * size), p.second, mix(p.second, p.dark, 0.4));
  } else if (form == 1) {  // poppy
    for (int i = 0; i < 4; ++i) {
      const double a = turn + kPi / 2 * i;
      add_round(Role::Plant,
                blob(dice_, x + 0.38 * size * std::cos(a), y + 0.34 * size * std::sin(a), 0.56 * size,
                     0.52 * size, 0.1),
                mix(petals, p.light, 0.15 * (i % 2)), petals * 0.68, a);
    }
    add_round(Role::Plant, ellipse(x, y, 0.2 * size, 0.2 * size), mix(p.dark, p.near, 0.3), p.dark);
  } else if (form == 2) {  // tulip
    for (const double side : {-1.0, 1.0}) {
      add(Role::Plant,
          smooth({{x, y + 0.7 * size},
                  {x + side * 0.5 * size, y + 0.35 * size},
                  {x + side * 0.5 * size, y - 0.2 * size},
                  {x + side * 0.42 * size, y - 0.8 * size},
                  {x + side * 0.06 * size, y - 0.2 * size}}),
          petals, petals * 0.7, kPi / 2);
    }
    add(Role::Plant,
        smooth({{x, y + 0.7 * size},
                {x - 0.27 * size, y + 0.2 * size},
                {x, y - 0.75 * size},
                {x + 0.27 * size, y + 0.2 * size}}),
        mix(petals, p.light, 0.35), petals * 0.85, kPi / 2);
  } else {  // rose: rings
    for (int i = 0; i < 4; ++i) {
      const double r = size * (0.92 - 0.22 * i);
      const Colour ring = i % 2 == 0 ? petals : mix(petals, p.paper, 0.35);
      add_round(Role::Plant,
                blob(dice_, x + 0.05 * size * std::cos(turn + 2 * i),
                     y + 0.05 * size * std::sin(turn + 2 * i), r, r, 0.12),
                ring, ring * 0.75, turn);
    }
  }
}

void SceneBuilder::bird(double x, double y, double size) {
  const Colour dark = mix(scene_.palette.dark, scene_.palette.sky_high, 0.15);
  for (const double side : {-1.0, 1.0}) {
    add_flat(Role::Thing,
             ribbon(curve({{x, y},
                           {x + side * 0.3 * size, y - 0.22 * size},
                           {x + side * 0.62 * size, y - 0.08 * size}}),
                    0.12 * size, 0.02 * size),
             dark);
  }
}

}  // namespace atelier::style::procedural
