#include "atelier/style/procedural/scene.h"

#include <algorithm>
#include <cmath>

#include "atelier/style/procedural/scene_builder.h"

namespace atelier::style::procedural {
namespace {

void some_sky(SceneBuilder& to, Scene& scene, Dice& dice, double horizon) {
  to.sky(horizon);
  to.light(dice.between(0.05, 0.085));
  const int clouds = dice.below(4);
  for (int i = 0; i < clouds; ++i)
    to.cloud(dice.between(0, scene.width), dice.between(0.06, 0.3) * scene.height, dice.between(0.07, 0.13));
}

void water(SceneBuilder& to, Scene& scene, Dice& dice, double shore) {
  const Palette& p = scene.palette;
  const Colour deep = mix(p.sky_high, p.middle, 0.35), bright = mix(p.sky_low, p.sky_high, 0.45);
  to.add(Role::Water, box(-0.02, shore, scene.width + 0.04, scene.height - shore + 0.04), bright, deep);
  double y = shore + 0.012, gap = 0.02;
  while (y < scene.height) {
    const int waves = 2 + dice.below(3);
    for (int i = 0; i < waves; ++i) {
      const double x = dice.between(-0.1, scene.width), length = dice.between(5, 14) * gap,
                   thick = gap * 0.42;
      const Colour wave = dice.chance(0.55) ? mix(bright, p.paper, 0.5) : mix(deep, p.dark, 0.25);
      to.add_flat(
          Role::Water,
          smooth(
              {{x, y}, {x + length * 0.5, y - thick}, {x + length, y}, {x + length * 0.5, y + thick * 0.8}}),
          wave);
    }
    // The light's path.
    if (dice.chance(0.85)) {
      const double half = gap * dice.between(1.2, 3.0), x = scene.focus.x + dice.between(-0.02, 0.02);
      to.add_flat(
          Role::Light,
          smooth({{x - half, y + gap * 0.4}, {x, y}, {x + half, y + gap * 0.35}, {x, y + gap * 0.75}}),
          mix(p.light, p.sky_low, 0.15));
    }
    y += gap;
    gap *= 1.17;
  }
}

void fields(SceneBuilder& to, Scene& scene, Dice& dice, const Ridge& ridge, const Colour& colour,
            double bottom) {
  const Palette& p = scene.palette;
  to.add(Role::Land, ridge.land(scene.height + 0.02), mix(colour, p.light, 0.18), colour * 0.85, 0.1);
  double x = -0.1;
  while (x < scene.width) {
    const double wide = dice.between(0.08, 0.24);
    if (dice.chance(0.6)) {
      const Colour crop = dice.chance(0.5) ? mix(colour, p.second, dice.between(0.25, 0.6))
                                           : mix(colour, p.near, dice.between(0.2, 0.6));
      const double lean = 0.1 * (x - scene.width / 2);
      to.add(Role::Land, ridge.strip(x, x + wide, bottom, lean * 0.3 + 0.02), mix(crop, p.light, 0.12),
             crop * 0.85, dice.between(-0.3, 1.2));
    }
    x += wide * dice.between(0.9, 1.6);
  }
}

void countryside(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Countryside";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, horizon = h * dice.between(0.44, 0.56);
  some_sky(to, scene, dice, horizon);
  for (int i = 0; i < 2; ++i) {
    const Ridge far = Ridge::rolling(dice, w, horizon - 0.05 + 0.04 * i, 0.12, 2);
    to.add(Role::Land, far.land(h), mix(p.far, p.sky_low, 0.45 - 0.35 * i), p.far * 0.9, 0.1);
  }
  const Ridge back = Ridge::rolling(dice, w, horizon + 0.06, 0.08, 1);
  fields(to, scene, dice, back, p.middle, horizon + 0.3);
  for (int i = 0; i < 5; ++i) {
    const double x = dice.between(0, w);
    to.round_tree(x, back.at(x) + 0.015, dice.between(0.05, 0.09));
  }
  const double village = dice.between(0.25, 0.7) * w;
  to.church(village - 0.1, back.at(village - 0.1) + 0.03, 0.2);
  const int houses = 2 + dice.below(3);
  for (int i = 0; i < houses; ++i) {
    const double x = village + 0.04 + 0.11 * i;
    to.house(x, back.at(x) + dice.between(0.03, 0.06), dice.between(0.09, 0.13));
  }
  const Ridge front = Ridge::rolling(dice, w, horizon + 0.22, 0.1, 1);
  fields(to, scene, dice, front, mix(p.middle, p.near, 0.45), h + 0.02);
  const double gate = dice.between(0.3, 0.7) * w, bend = dice.chance(0.5) ? 0.09 : -0.09;
  to.add(Role::Land,
         ribbon(curve({{gate + bend, front.at(gate + bend)},
                       {gate - 0.4 * bend, h * 0.84},
                       {gate + 0.2 * bend, h * 0.93},
                       {gate, h + 0.06}}),
                0.02, 0.2),
         mix(p.wall, p.light, 0.3), p.wall * 0.85, kPi / 2);
  const bool is_south = dice.chance(0.5);
  const int trees = 3 + dice.below(4);
  for (int i = 0; i < trees; ++i) {
    const double x = dice.chance(0.5) ? dice.between(0.0, 0.32) * w : dice.between(0.68, 1.0) * w,
                 ground = front.at(x) + dice.between(0.02, 0.16);
    if (is_south) {
      to.cypress(x, ground, dice.between(0.22, 0.4));
    } else {
      to.round_tree(x, ground, dice.between(0.2, 0.36));
    }
  }
  for (int i = 0; i < 16; ++i) {
    const double x = dice.between(0, w), y = h * dice.between(0.9, 0.99);
    if (std::abs(x - gate) > 0.13) to.flower(x, y, dice.between(0.012, 0.024), dice.below(2), to.accent());
  }
  for (int i = 0; i < 4; ++i)
    to.bird(dice.between(0.1, 0.9) * w, dice.between(0.08, 0.3) * h, dice.between(0.025, 0.05));
}

void harbour(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Harbour";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, shore = h * dice.between(0.45, 0.55);
  some_sky(to, scene, dice, shore);
  const Ridge far = Ridge::rolling(dice, w, shore - 0.06, 0.1, 1);
  to.add(Role::Land, far.land(h), mix(p.far, p.sky_low, 0.3), p.far * 0.9, 0.1);
  const double town = dice.between(0.0, 0.45) * w;
  for (int i = 0; i < 6; ++i) to.house(town + 0.085 * i, shore + 0.004, dice.between(0.08, 0.13));
  water(to, scene, dice, shore);
  // A lighthouse on its rock, on the other side.
  const double tower = town > 0.22 * w ? dice.between(0.05, 0.15) * w : dice.between(0.82, 0.94) * w,
               base = shore + 0.05;
  to.add(Role::Land, blob(dice, tower, base + 0.02, 0.17, 0.055, 0.12), p.middle, p.near * 0.8, 0.2);
  for (int i = 0; i < 4; ++i) {
    const double top = 0.026 + 0.005 * (3 - i), low = top - 0.005 + 0.01, y = base - 0.085 * i;
    const Colour band = i % 2 == 0 ? p.wall : p.first;
    to.add(Role::Wall,
           {{tower - low, y},
            {tower - top + 0.004, y - 0.085},
            {tower + top - 0.004, y - 0.085},
            {tower + low, y}},
           band, band * 0.8, 0);
  }
  to.add_flat(Role::Opening, box(tower - 0.02, base - 0.385, 0.04, 0.045), p.light);
  to.add(Role::Roof, {{tower - 0.034, base - 0.385}, {tower, base - 0.43}, {tower + 0.034, base - 0.385}},
         p.first, p.first * 0.7);
  for (int i = 0; i < 3; ++i)
    to.boat(dice.between(0.1, 0.9) * w, shore + dice.between(0.05, 0.12), dice.between(0.12, 0.18));
  to.boat(dice.between(0.28, 0.72) * w, h * dice.between(0.78, 0.88), dice.between(0.4, 0.52));
  for (int i = 0; i < 5; ++i)
    to.bird(dice.between(0.1, 0.9) * w, dice.between(0.08, 0.35) * h, dice.between(0.03, 0.06));
}

void town(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Town by a canal";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, street = h * dice.between(0.68, 0.76);
  some_sky(to, scene, dice, street);
  for (int row = 0; row < 2; ++row) {
    double x = dice.between(-0.1, 0);
    while (x < w) {
      const double wide = dice.between(0.11, 0.19),
                   high = row == 0 ? dice.between(0.42, 0.6) : dice.between(0.26, 0.46), top = street - high;
      const Colour paint =
          row == 0 ? mix(p.far, p.sky_low, 0.25)
                   : mix(dice.chance(0.45) ? p.wall : to.accent(), p.wall, dice.between(0.1, 0.5));
      to.add(Role::Wall, box(x, top, wide, high), paint, paint * 0.78, kPi / 2);
      const Colour tiles = row == 0 ? p.far : mix(p.first, p.dark, dice.between(0.1, 0.5));
      const int form = dice.below(3);
      if (form == 0) {
        to.add(Role::Roof, {{x - 0.008, top}, {x + wide / 2, top - 0.55 * wide}, {x + wide + 0.008, top}},
               tiles, tiles * 0.8, 0.2);
      } else if (form == 1) {  // stepped gable
        to.add(Role::Roof,
               {{x, top},
                {x, top - 0.03},
                {x + wide * 0.2, top - 0.03},
                {x + wide * 0.2, top - 0.065},
                {x + wide * 0.36, top - 0.065},
                {x + wide * 0.36, top - 0.1},
                {x + wide * 0.64, top - 0.1},
                {x + wide * 0.64, top - 0.065},
                {x + wide * 0.8, top - 0.065},
                {x + wide * 0.8, top - 0.03},
                {x + wide, top - 0.03},
                {x + wide, top}},
               paint, paint * 0.85, kPi / 2);
      } else {
        to.add(Role::Roof,
               {{x - 0.006, top},
                {x + wide * 0.14, top - 0.08},
                {x + wide * 0.86, top - 0.08},
                {x + wide + 0.006, top}},
               tiles, tiles * 0.8, 0.2);
      }
      if (row == 1) {
        const int columns = wide > 0.15 ? 3 : 2;
        for (double y = top + 0.03; y < street - 0.11; y += 0.078) {
          for (int i = 0; i < columns; ++i) {
            const double wx = x + wide * (i + 0.5) / columns - 0.014;
            to.add_flat(Role::Opening, box(wx, y, 0.028, 0.046),
                        dice.chance(0.4) ? p.light : mix(p.dark, p.sky_high, 0.3), kPi / 2);
          }
        }
        to.add_flat(Role::Opening, box(x + wide * dice.between(0.3, 0.55), street - 0.085, 0.04, 0.085),
                    mix(to.accent(), p.dark, 0.4), kPi / 2);
      }
      x += wide;
    }
  }
  to.add(Role::Wall, box(-0.02, street, w + 0.04, 0.05), p.wall * 0.85, p.wall * 0.55, 0);
  water(to, scene, dice, street + 0.05);
  const int trees = 2 + dice.below(3);
  for (int i = 0; i < trees; ++i)
    to.round_tree(w * (i + dice.between(0.3, 0.7)) / trees, street + 0.02, dice.between(0.2, 0.27));
  to.boat(dice.between(0.2, 0.8) * w, h * 0.93, dice.between(0.22, 0.3));
}

void mountains(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Mountain lake";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, shore = h * dice.between(0.58, 0.66);
  some_sky(to, scene, dice, shore);
  for (int i = 0; i < 3; ++i) {
    const Ridge ridge = Ridge::peaked(dice, w, shore - 0.27 + 0.09 * i, 0.34 - 0.07 * i, 3 + i);
    const Colour rock = mix(p.far, i == 2 ? p.middle : p.sky_low, i == 0 ? 0.45 : 0.25 * i);
    to.add(Role::Land, ridge.land(h), rock, rock * 0.75, 1.0);
    const Outline& line = ridge.line();
    for (std::size_t k = 2; k + 2 < line.size(); k += 4) {
      const Point top = line[k], left = line[k - 1], right = line[k + 1];
      // The side away from the light, then snow on the top.
      to.add(Role::Land,
             {top,
              right,
              {right.x + 0.04, shore + 0.02},
              {top.x + 0.03, shore + 0.02},
              {top.x - 0.015, top.y + 0.14},
              {top.x + 0.025, top.y + 0.07}},
             rock * 0.82, rock * 0.6, 1.2);
      if (i < 2) {
        const double s = 0.45;
        const Point a = {top.x + (left.x - top.x) * s, top.y + (left.y - top.y) * s},
                    b = {top.x + (right.x - top.x) * s, top.y + (right.y - top.y) * s};
        const double dip = 0.05;
        to.add(Role::Cloud,
               {top,
                b,
                {b.x - (b.x - a.x) * 0.25, b.y - dip * 0.3},
                {b.x - (b.x - a.x) * 0.4, b.y + dip},
                {(a.x + b.x) / 2, (a.y + b.y) / 2 - dip * 0.2},
                {a.x + (b.x - a.x) * 0.25, a.y + dip * 0.8},
                a},
               mix(p.paper, {1, 1, 1}, 0.5), mix(p.paper, p.sky_high, 0.3), 1.2);
      }
    }
  }
  water(to, scene, dice, shore);
  const Ridge bank = Ridge::rolling(dice, w, h * 0.9, 0.1, 1);
  const double hut = dice.between(0.25, 0.75) * w;
  to.add(Role::Land, bank.land(h + 0.02), p.middle, p.near, 0.2);
  to.house(hut, bank.at(hut) + 0.035, 0.19);
  const int trees = 9 + dice.below(6);
  for (int i = 0; i < trees; ++i) {
    const double x = dice.between(0, 1) * w, size = dice.between(0.16, 0.42);
    if (std::abs(x - hut) > 0.15) to.pine(x, bank.at(x) + dice.between(0.0, 0.1), size);
  }
}

void still_life(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Still life";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, edge = h * dice.between(0.56, 0.64);
  to.add(Role::Sky, box(-0.02, -0.02, w + 0.04, h + 0.04), mix(p.sky_low, p.wall, 0.3),
         mix(p.sky_high, p.wall, 0.2), 0.8);
  // A window with a landscape in it, or a curtain.
  const double wx = dice.between(0.08, 0.5) * w, ww = 0.36;
  to.add_flat(Role::Wall, box(wx - 0.025, 0.04, ww + 0.05, 0.43), p.wall);
  to.add(Role::Sky, box(wx, 0.065, ww, 0.38), p.sky_high, p.sky_low);
  to.add_flat(Role::Light, ellipse(wx + ww * 0.7, 0.15, 0.04, 0.04), p.light);
  to.add(Role::Land,
         smooth({{wx, 0.445},
                 {wx, 0.34},
                 {wx + ww * 0.3, 0.27},
                 {wx + ww * 0.7, 0.34},
                 {wx + ww, 0.3},
                 {wx + ww, 0.445}}),
         p.middle, p.near, 0.3);
  to.add_flat(Role::Wall, box(wx + ww / 2 - 0.01, 0.065, 0.02, 0.38), p.wall * 0.9);
  to.add_flat(Role::Wall, box(wx, 0.24, ww, 0.02), p.wall * 0.9);
  const double curtain = wx > 0.3 * w ? -0.02 : w - 0.2;
  for (int i = 0; i < 5; ++i) {
    const Colour cloth = i % 2 == 0 ? p.third : mix(p.third, p.dark, 0.3);
    to.add(Role::Thing,
           smooth({{curtain + 0.046 * i, -0.05},
                   {curtain + 0.046 * (i + 1), -0.05},
                   {curtain + 0.05 * (i + 1) + 0.012, edge * 0.5},
                   {curtain + 0.042 * (i + 1), edge + 0.03},
                   {curtain + 0.042 * i, edge + 0.03}}),
           cloth, cloth * 0.8, kPi / 2);
  }
  to.add(Role::Wood, box(-0.02, edge, w + 0.04, h), mix(p.first, p.wall, 0.25), mix(p.first, p.dark, 0.55),
         0);
  const double cloth = dice.between(0.1, 0.3) * w, wide = 0.62;
  to.add(Role::Thing,
         {{cloth + 0.05, edge},
          {cloth + wide - 0.02, edge},
          {cloth + wide + 0.1, edge + 0.26},
          {cloth + wide * 0.55, h * 0.97},
          {cloth - 0.08, edge + 0.24}},
         mix(p.paper, {1, 1, 1}, 0.3), mix(p.paper, p.sky_high, 0.3), 0.4);
  for (int i = 0; i < 4; ++i) {
    const double t = 0.14 + 0.2 * i;
    to.add_flat(Role::Thing,
                ribbon({{cloth + 0.05 + (wide - 0.07) * t, edge + 0.004},
                        {cloth - 0.08 + (wide + 0.18) * t, edge + 0.235 + 0.05 * (i % 2)}},
                       0.012, 0.022),
                mix(p.third, p.sky_high, 0.2), 1.4);
  }
  const double jug = cloth + wide * dice.between(0.2, 0.5), foot = edge + 0.1;
  for (int i = 0; i < 9; ++i) {
    const double a = -kPi / 2 + (i - 4) * 0.24, r = dice.between(0.2, 0.3), x = jug + r * std::cos(a),
                 y = foot - 0.3 + r * std::sin(a);
    to.add_flat(
        Role::Plant,
        ribbon(curve({{jug, foot - 0.25}, {(jug + x) / 2, foot - 0.3 + 0.4 * (y - foot + 0.3)}, {x, y}}),
               0.012, 0.008),
        p.near, a);
    to.leaf(jug + 0.4 * (x - jug), foot - 0.3 + 0.4 * (y - foot + 0.3), 0.11, a + (i % 2 == 0 ? 0.7 : -0.7),
            mix(p.near, p.middle, 0.5));
  }
  for (int i = 0; i < 9; ++i) {
    const double a = -kPi / 2 + (i - 4) * 0.26, r = dice.between(0.17, 0.3);
    to.flower(jug + r * std::cos(a), foot - 0.31 + r * std::sin(a), dice.between(0.05, 0.078), dice.below(4),
              to.accent());
  }
  const Colour glaze = dice.chance(0.5) ? mix(p.sky_high, p.paper, 0.25) : p.first;
  to.add_flat(Role::Land, blob(dice, jug + 0.05, foot, 0.17, 0.03, 0.05), mix(p.dark, p.first, 0.35));
  to.add_round(Role::Thing,
               smooth({{jug - 0.07, foot},
                       {jug - 0.125, foot - 0.1},
                       {jug - 0.1, foot - 0.19},
                       {jug - 0.05, foot - 0.24},
                       {jug - 0.075, foot - 0.3},
                       {jug, foot - 0.29},
                       {jug + 0.075, foot - 0.3},
                       {jug + 0.05, foot - 0.24},
                       {jug + 0.1, foot - 0.19},
                       {jug + 0.125, foot - 0.1},
                       {jug + 0.07, foot}}),
               mix(glaze, {1, 1, 1}, 0.3), glaze * 0.55, kPi / 2);
  to.add_flat(Role::Thing,
              ribbon(curve({{jug - 0.118, foot - 0.11}, {jug, foot - 0.085}, {jug + 0.118, foot - 0.11}}),
                     0.022, 0.022),
              mix(p.second, p.paper, 0.2));
  const double bowl = jug + (jug > w / 2 ? -0.3 : 0.3), low = edge + dice.between(0.16, 0.22);
  to.add_flat(Role::Land, blob(dice, bowl + 0.03, low + 0.005, 0.15, 0.025, 0.05),
              mix(p.dark, p.first, 0.35));
  for (int i = 0; i < 6; ++i) {
    const Colour fruit = i % 3 == 0 ? p.first : i % 3 == 1 ? p.second : mix(p.middle, p.second, 0.4);
    to.add_round(Role::Thing,
                 blob(dice, bowl + 0.075 * (i % 3 - 1) + (i < 3 ? 0 : 0.02),
                      low - 0.115 - (i < 3 ? 0.035 : 0), 0.055, 0.053, 0.04),
                 mix(fruit, p.light, 0.4), fruit * 0.62, 0.8);
  }
  to.add(Role::Thing,
         smooth({{bowl - 0.15, low - 0.1},
                 {bowl - 0.11, low - 0.03},
                 {bowl - 0.05, low},
                 {bowl + 0.05, low},
                 {bowl + 0.11, low - 0.03},
                 {bowl + 0.15, low - 0.1},
                 {bowl, low - 0.09}}),
         mix(p.wall, {1, 1, 1}, 0.3), p.wall * 0.6, 0);
  for (int i = 0; i < 4; ++i) {
    const double x = dice.between(0.1, 0.9) * w, y = h * dice.between(0.84, 0.94),
                 r = dice.between(0.045, 0.06);
    const Colour fruit = to.accent();
    to.add_flat(Role::Land, blob(dice, x + 0.03, y + r * 0.8, r * 1.2, r * 0.3, 0.05),
                mix(p.dark, p.first, 0.35));
    to.add_round(Role::Thing, blob(dice, x, y, r, r * 0.95, 0.05), mix(fruit, p.light, 0.4), fruit * 0.6,
                 0.8);
    to.leaf(x, y - r * 0.9, 0.06, -0.6, p.near);
  }
}

void bouquet(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Bouquet";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, x = w / 2 + dice.between(-0.05, 0.05), table = h * 0.8,
               heart = h * 0.42;
  to.add(Role::Sky, box(-0.02, -0.02, w + 0.04, h + 0.04), mix(p.sky_high, p.sky_low, 0.2),
         mix(p.sky_low, p.wall, 0.4), 0.9);
  for (double y = 0.06; y < table; y += 0.13) {
    for (double u = std::fmod(y * 3.7, 0.13) - 0.06; u < w; u += 0.13)
      to.add_flat(Role::Sky, ellipse(u, y, 0.014, 0.026, 0.5), mix(p.sky_high, p.paper, 0.55), 0.9);
  }
  to.add(Role::Land, box(-0.02, table, w + 0.04, h), mix(p.second, p.wall, 0.3), mix(p.first, p.dark, 0.3),
         0);
  for (double u = -0.05; u < w; u += 0.12)
    to.add_flat(Role::Land, {{u, h + 0.01}, {u + 0.06, table}, {u + 0.09, table}, {u + 0.06, h + 0.01}},
                mix(p.second, p.first, 0.5), 1.3);
  const auto place = [&](double spread_x, double spread_y, double& fx, double& fy) {
    const double a = dice.between(0, 2 * kPi), r = std::sqrt(dice.unit());
    fx = x + spread_x * r * std::cos(a);
    fy = heart + spread_y * r * std::sin(a);
  };
  double fx = 0, fy = 0;
  for (int i = 0; i < 26; ++i) {
    place(0.36, 0.34, fx, fy);
    const double a = std::atan2(fy - heart - 0.1, fx - x) + dice.between(-0.5, 0.5);
    to.leaf(fx, fy, dice.between(0.12, 0.2), a, mix(p.near, p.middle, dice.between(0, 0.9)));
  }
  for (int i = 0; i < 30; ++i) {
    place(0.37, 0.34, fx, fy);
    to.flower(fx, fy, dice.between(0.045, 0.1), dice.below(4), dice.chance(0.2) ? p.paper : to.accent());
  }
  const Colour glaze = dice.chance(0.5) ? p.sky_high : p.wall;
  to.add_flat(Role::Land, blob(dice, x + 0.05, table + 0.1, 0.22, 0.035, 0.04), mix(p.dark, p.first, 0.3));
  to.add_round(Role::Thing,
               smooth({{x - 0.09, table + 0.1},
                       {x - 0.16, table - 0.02},
                       {x - 0.13, table - 0.13},
                       {x - 0.1, table - 0.19},
                       {x, table - 0.18},
                       {x + 0.1, table - 0.19},
                       {x + 0.13, table - 0.13},
                       {x + 0.16, table - 0.02},
                       {x + 0.09, table + 0.1}}),
               mix(glaze, {1, 1, 1}, 0.35), glaze * 0.55, kPi / 2);
  for (int i = 0; i < 5; ++i)
    to.add_flat(Role::Thing,
                ellipse(x - 0.1 + 0.05 * i, table - 0.025 + 0.008 * (2 - std::abs(i - 2)), 0.016, 0.03),
                i % 2 == 0 ? p.first : p.second);
  for (int i = 0; i < 5; ++i) {
    const double a = kPi * (0.1 + 0.2 * i);
    to.flower(x + 0.17 * std::cos(a), table - 0.17 + 0.05 * std::sin(a), dice.between(0.055, 0.08),
              dice.below(4), to.accent());
  }
}

void abstraction(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Composition";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height;
  const Colour ground = dice.chance(0.6) ? p.paper : mix(p.sky_low, p.paper, 0.4);
  to.add(Role::Sky, box(-0.02, -0.02, w + 0.04, h + 0.04), ground, ground * 0.92, dice.between(0, 3));
  const Colour all[] = {p.first, p.second, p.third, p.sky_high, p.middle, p.near, p.light, p.far, p.dark};
  const auto any = [&] { return all[dice.below(9)]; };
  for (int i = 0; i < 5; ++i) {
    const double a = dice.between(0, kPi), cx = dice.between(0.1, 0.9) * w, cy = dice.between(0.1, 0.9) * h,
                 l = dice.between(0.5, 1.2), t = dice.between(0.06, 0.3);
    const Colour c = mix(any(), ground, 0.35);
    to.add(
        Role::Land,
        ribbon({{cx - l * std::cos(a), cy - l * std::sin(a)}, {cx + l * std::cos(a), cy + l * std::sin(a)}},
               t, t * dice.between(0.1, 1)),
        c, mix(c, ground, 0.3), a);
  }
  for (int i = 0; i < 6; ++i) {
    const double cx = dice.between(0.05, 0.95) * w, cy = dice.between(0.05, 0.95) * h;
    double r = dice.between(0.08, 0.26);
    const int rings = 1 + dice.below(4);
    for (int k = 0; k < rings; ++k, r *= dice.between(0.55, 0.8)) {
      const Colour c = any();
      to.add_round(Role::Thing, ellipse(cx, cy, r, r), c, c * 0.75, dice.between(0, 3));
    }
    // Half of it in other colours.
    if (dice.chance(0.6)) {
      Outline half;
      const double a = dice.between(0, 2 * kPi);
      for (int k = 0; k <= 24; ++k)
        half.push_back(
            {cx + r * 1.6 * std::cos(a + kPi * k / 24), cy + r * 1.6 * std::sin(a + kPi * k / 24)});
      const Colour c = any();
      to.add(Role::Thing, half, c, c * 0.8, a);
    }
  }
  for (int i = 0; i < 5; ++i) {
    const double cx = dice.between(0.1, 0.9) * w, cy = dice.between(0.1, 0.9) * h,
                 r = dice.between(0.08, 0.22), a = dice.between(0, 2 * kPi);
    const Colour c = any();
    to.add(Role::Thing,
           {{cx + r * std::cos(a), cy + r * std::sin(a)},
            {cx + r * std::cos(a + 2.2), cy + r * std::sin(a + 2.2)},
            {cx + r * std::cos(a + 4.0), cy + r * std::sin(a + 4.0)}},
           c, c * 0.75, a);
  }
  for (int i = 0; i < 2; ++i) {  // a chequered board
    const double cx = dice.between(0.15, 0.8) * w, cy = dice.between(0.15, 0.8) * h,
                 s = dice.between(0.035, 0.06), a = dice.between(-0.6, 0.6);
    const Colour one = any(), two = mix(any(), p.paper, 0.6);
    for (int k = 0; k < 16; ++k) {
      const double u = s * (k % 4 - 2), v = s * (k / 4 - 2);
      const auto at = [&](double x, double y) {
        return Point{cx + x * std::cos(a) - y * std::sin(a), cy + x * std::sin(a) + y * std::cos(a)};
      };
      to.add_flat(Role::Thing, {at(u, v), at(u + s, v), at(u + s, v + s), at(u, v + s)},
                  (k + k / 4) % 2 == 0 ? one : two, a);
    }
  }
  for (int i = 0; i < 7; ++i) {
    const double cx = dice.between(0, 1) * w, cy = dice.between(0, 1) * h, a = dice.between(0, 2 * kPi),
                 l = dice.between(0.15, 0.5), bow = dice.between(-0.2, 0.2);
    to.add_flat(Role::Thing,
                ribbon(curve({{cx, cy},
                              {cx + l / 2 * std::cos(a) - bow * std::sin(a),
                               cy + l / 2 * std::sin(a) + bow * std::cos(a)},
                              {cx + l * std::cos(a), cy + l * std::sin(a)}}),
                       dice.between(0.008, 0.02), dice.between(0.004, 0.02)),
                p.dark, a);
  }
}

void sea_life(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Fish";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height;
  to.add(Role::Water, box(-0.02, -0.02, w + 0.04, h + 0.04), mix(p.sky_low, p.sky_high, 0.35),
         mix(p.sky_high, p.dark, 0.55), 0.05);
  for (int i = 0; i < 4; ++i) {
    const double x = dice.between(-0.1, 1) * w;
    to.add(Role::Light, {{x, -0.02}, {x + 0.09, -0.02}, {x + 0.3, h * 0.8}, {x + 0.08, h * 0.8}},
           mix(p.light, p.sky_high, 0.55), mix(p.sky_high, p.dark, 0.3), 1.2);
  }
  const Ridge floor = Ridge::rolling(dice, w, h * 0.88, 0.1, 1);
  to.add(Role::Land, floor.land(h + 0.02), mix(p.wall, p.sky_high, 0.2), mix(p.wall, p.near, 0.6), 0.1);
  for (int i = 0; i < 13; ++i) {
    const double x = dice.between(0, w), l = dice.between(0.15, 0.45), sway = dice.between(0.03, 0.07);
    Outline stem;
    for (int k = 0; k <= 5; ++k)
      stem.push_back({x + sway * std::sin(k * 1.6 + x * 9), floor.at(x) + 0.05 - l * k / 5});
    const Colour weed = mix(p.near, dice.chance(0.6) ? p.middle : to.accent(), 0.6);
    to.add(Role::Plant, ribbon(curve(stem), 0.035, 0.006), mix(weed, p.light, 0.2), weed * 0.7, kPi / 2);
  }
  for (int i = 0; i < 6; ++i) {
    const double x = dice.between(0, w);
    const Colour coral = to.accent();
    for (int k = 0; k < 4; ++k)
      to.add_round(Role::Plant,
                   blob(dice, x + 0.04 * (k - 1.5), floor.at(x) + 0.03 - 0.015 * (k % 2), 0.04, 0.055, 0.15),
                   coral, coral * 0.65, 0.9);
  }
  const int count = 6 + dice.below(3);
  for (int i = 0; i < count; ++i) {
    const double s = i == count - 1 ? dice.between(0.26, 0.32) : dice.between(0.09, 0.18);
    const double x = i == count - 1 ? w * dice.between(0.4, 0.6) : w * (i % 3 + dice.between(0.25, 0.75)) / 3;
    const double y = i == count - 1 ? h * dice.between(0.42, 0.52)
                                    : h * (0.13 + 0.27 * (i / 3) + dice.between(0, 0.12)),
                 way = dice.chance(0.5) ? 1 : -1;
    const Colour body = to.accent(), fin = mix(to.accent(), p.dark, 0.15), band = mix(p.paper, body, 0.1);
    const auto at = [&](double u, double v) { return Point{x + way * s * u, y + s * v}; };
    to.add(Role::Thing, smooth({at(-0.75, 0), at(-1.25, -0.42), at(-1.1, 0), at(-1.25, 0.42)}), fin,
           fin * 0.7, 0.1);
    to.add(Role::Thing, smooth({at(-0.3, -0.35), at(-0.35, -0.72), at(0.3, -0.62), at(0.35, -0.35)}), fin,
           fin * 0.8, 1.2);
    to.add(Role::Thing, smooth({at(-0.1, 0.35), at(-0.25, 0.68), at(0.15, 0.4)}), fin, fin * 0.8, 1.2);
    to.add(Role::Thing,
           smooth({at(-0.95, 0), at(-0.35, -0.42), at(0.35, -0.44), at(0.95, 0.02), at(0.35, 0.42),
                   at(-0.35, 0.4)}),
           mix(body, p.light, 0.3), body * 0.7, 0.2);
    for (int k = 0; k < 3; ++k)
      to.add_flat(Role::Thing,
                  smooth({at(-0.45 + 0.3 * k, -0.36), at(-0.33 + 0.3 * k, -0.37), at(-0.26 + 0.3 * k, 0),
                          at(-0.33 + 0.3 * k, 0.35), at(-0.45 + 0.3 * k, 0.35), at(-0.38 + 0.3 * k, 0)}),
                  k % 2 == 0 ? band : fin, 1.5);
    to.add_flat(Role::Thing, ellipse(at(0.62, -0.08).x, at(0.62, -0.08).y, 0.12 * s, 0.12 * s),
                mix(p.paper, {1, 1, 1}, 0.5));
    to.add_flat(Role::Thing, ellipse(at(0.65, -0.08).x, at(0.65, -0.08).y, 0.06 * s, 0.06 * s), p.dark);
    for (int k = 0; k < 3; ++k)
      to.add_round(
          Role::Light,
          ellipse(at(1.1 + 0.1 * k, -0.3 - 0.3 * k).x, at(1.1 + 0.1 * k, -0.3 - 0.3 * k).y, 0.016, 0.016),
          mix(p.paper, p.sky_high, 0.2), mix(p.sky_high, p.paper, 0.3));
  }
}

void portrait(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Portrait";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height, x = w / 2 + dice.between(-0.04, 0.04), y = h * 0.43,
               lean = dice.between(-0.03, 0.03);
  to.add(Role::Sky, box(-0.02, -0.02, w + 0.04, h + 0.04), mix(p.sky_high, p.sky_low, 0.2), p.sky_low, 0.9);
  to.add(Role::Sky, box(x + dice.between(-0.1, 0.15), -0.02, w, h + 0.04), p.second,
         mix(p.second, p.first, 0.4), 1.2);
  to.light(0.08);
  for (int i = 0; i < 7; ++i)
    to.leaf(dice.chance(0.5) ? dice.between(0, 0.2) * w : dice.between(0.8, 1.0) * w,
            dice.between(0.3, 1.0) * h, dice.between(0.14, 0.24), dice.between(-2.4, -0.7),
            mix(p.near, p.middle, dice.unit()));
  const Colour hair = mix(p.dark, p.first, dice.between(0, 0.5)),
               skin = mix(p.wall, p.second, dice.between(0.15, 0.5)), shade = mix(skin, p.first, 0.4) * 0.82,
               coat = dice.chance(0.5) ? p.third : p.first;
  to.add_round(Role::Plant, blob(dice, x, y + 0.02, 0.25, 0.3, 0.08), mix(hair, p.second, 0.2), hair * 0.8,
               1.3);
  to.add(Role::Thing,
         smooth({{x - 0.42, h + 0.05},
                 {x - 0.37, h * 0.84},
                 {x - 0.16, h * 0.755},
                 {x, h * 0.74},
                 {x + 0.16, h * 0.755},
                 {x + 0.37, h * 0.84},
                 {x + 0.42, h + 0.05}}),
         coat, coat * 0.65, 1.1);
  for (const double side : {-1.0, 1.0})
    to.add(Role::Thing,
           {{x, h * 0.94},
            {x + side * 0.08, h * 0.745},
            {x + side * 0.19, h * 0.77},
            {x + side * 0.12, h * 0.86}},
           mix(coat, p.paper, 0.5), coat * 0.85, 1.0);
  to.add(Role::Thing,
         smooth({{x - 0.075, y + 0.16},
                 {x + 0.075, y + 0.16},
                 {x + 0.09, h * 0.77},
                 {x, h * 0.85},
                 {x - 0.09, h * 0.77}}),
         shade, shade * 0.85, 1.5);
  const Outline face = smooth({{x + lean, y - 0.22},
                               {x + 0.14 + lean, y - 0.15},
                               {x + 0.165, y},
                               {x + 0.12, y + 0.14},
                               {x + 0.02, y + 0.225},
                               {x - 0.06, y + 0.2},
                               {x - 0.14, y + 0.1},
                               {x - 0.165, y - 0.02},
                               {x - 0.13 + lean, y - 0.16}});
  to.add_round(Role::Thing, face, mix(skin, p.light, 0.25), skin, 0.8);
  to.add(Role::Thing,
         smooth({{x + lean, y - 0.2},
                 {x + 0.13 + lean, y - 0.14},
                 {x + 0.16, y},
                 {x + 0.115, y + 0.13},
                 {x + 0.02, y + 0.22},
                 {x + 0.01, y + 0.1},
                 {x + 0.035, y + 0.02},
                 {x + 0.005, y - 0.06}}),
         shade, shade * 0.9, 1.2);
  for (const double side : {-1.0, 1.0}) {
    const double ex = x + side * 0.068, ey = y - 0.03;
    to.add_flat(Role::Thing, smooth({{ex - 0.045, ey}, {ex, ey - 0.025}, {ex + 0.045, ey}, {ex, ey + 0.018}}),
                mix(p.paper, {1, 1, 1}, 0.4));
    to.add_flat(Role::Thing, ellipse(ex + 0.005, ey - 0.003, 0.019, 0.02), mix(p.sky_high, p.near, 0.4));
    to.add_flat(Role::Thing, ellipse(ex + 0.005, ey - 0.003, 0.009, 0.009), p.dark);
    to.add_flat(
        Role::Thing,
        ribbon(curve({{ex - 0.05, ey - 0.045}, {ex, ey - 0.07}, {ex + 0.05, ey - 0.05}}), 0.014, 0.01), hair,
        0.1);
    to.add_round(Role::Thing, ellipse(x + side * 0.09, y + 0.07, 0.032, 0.025), mix(skin, p.first, 0.5),
                 mix(skin, p.first, 0.3));
  }
  to.add(
      Role::Thing,
      smooth({{x + 0.004, y - 0.04}, {x + 0.034, y + 0.065}, {x - 0.006, y + 0.08}, {x - 0.018, y + 0.06}}),
      shade, shade * 0.75, 1.5);
  to.add(Role::Thing,
         smooth({{x - 0.055, y + 0.125},
                 {x - 0.02, y + 0.112},
                 {x, y + 0.118},
                 {x + 0.02, y + 0.112},
                 {x + 0.05, y + 0.125},
                 {x, y + 0.152}}),
         p.first, p.first * 0.7, 0);
  const int head = dice.below(3);
  if (head == 0) {  // a hat
    to.add(Role::Thing,
           smooth({{x - 0.16, y - 0.15},
                   {x - 0.13, y - 0.31},
                   {x, y - 0.345},
                   {x + 0.13, y - 0.31},
                   {x + 0.16, y - 0.15}}),
           p.third, p.third * 0.65, 0.4);
    to.add(Role::Thing, ellipse(x, y - 0.155, 0.3, 0.055, lean * 3), mix(p.third, p.light, 0.25),
           p.third * 0.7, 0.1);
    to.add_flat(Role::Thing,
                ribbon(curve({{x - 0.15, y - 0.2}, {x, y - 0.175}, {x + 0.15, y - 0.2}}), 0.04, 0.04),
                p.second, 0.1);
  } else if (head == 1) {  // fringe and flowers
    to.add(Role::Plant,
           smooth({{x - 0.2, y - 0.02},
                   {x - 0.17, y - 0.22},
                   {x, y - 0.3},
                   {x + 0.17, y - 0.22},
                   {x + 0.2, y - 0.02},
                   {x + 0.12, y - 0.13},
                   {x, y - 0.15},
                   {x - 0.1, y - 0.12}}),
           mix(hair, p.second, 0.2), hair * 0.8, 1.0);
    for (int i = 0; i < 5; ++i)
      to.flower(x - 0.17 + 0.085 * i, y - 0.2 - 0.07 * (1 - std::pow((i - 2) / 2.0, 2)), 0.055, dice.below(4),
                to.accent());
  } else {  // a scarf
    to.add(Role::Thing,
           smooth({{x - 0.21, y + 0.1},
                   {x - 0.2, y - 0.15},
                   {x, y - 0.31},
                   {x + 0.2, y - 0.15},
                   {x + 0.21, y + 0.1},
                   {x + 0.14, y - 0.1},
                   {x, y - 0.19},
                   {x - 0.14, y - 0.1}}),
           p.first, p.first * 0.65, 0.9);
    for (int i = 0; i < 7; ++i)
      to.add_flat(
          Role::Thing,
          ellipse(x - 0.165 + 0.055 * i, y - 0.12 - 0.105 * (1 - std::pow((i - 3) / 3.0, 2)), 0.013, 0.013),
          p.second);
  }
}

void bird_in_tree(SceneBuilder& to, Scene& scene, Dice& dice) {
  scene.subject = "Bird in a tree";
  const Palette& p = scene.palette;
  const double w = scene.width, h = scene.height;
  to.sky(h);
  to.light(dice.between(0.08, 0.13));
  const Ridge far = Ridge::rolling(dice, w, h * 0.84, 0.14, 1),
              near = Ridge::rolling(dice, w, h * 0.93, 0.08, 1);
  to.add(Role::Land, far.land(h + 0.02), mix(p.far, p.sky_low, 0.3), p.far * 0.9, 0.1);
  to.add(Role::Land, near.land(h + 0.02), p.middle, p.near, 0.1);
  const bool is_left = scene.focus.x > w / 2;
  const double way = is_left ? 1 : -1, root = is_left ? -0.03 : w + 0.03;
  const auto wood = [&](const Outline& line, double from, double till) {
    to.add(Role::Wood, ribbon(curve(line), from, till), mix(p.dark, p.first, 0.4), p.dark, 0.1);
  };
  const double y = h * dice.between(0.62, 0.7);
  const Point knee = {root + way * 0.3 * w, y - 0.02}, tip = {root + way * 0.97 * w, y - 0.12};
  wood({{root, y + 0.13}, knee, {root + way * 0.65 * w, y + 0.02}, tip}, 0.08, 0.012);
  wood({knee, {root + way * 0.33 * w, y - 0.25}, {root + way * 0.46 * w, y - 0.48}}, 0.035, 0.008);
  wood({{root + way * 0.55 * w, y + 0.02},
        {root + way * 0.72 * w, y + 0.12},
        {root + way * 0.9 * w, y + 0.16}},
       0.025, 0.006);
  wood({{root + way * 0.1 * w, y + 0.07}, {root + way * 0.12 * w, y - 0.3}, {root + way * 0.2 * w, y - 0.55}},
       0.04, 0.008);
  const Point along[] = {{root + way * 0.2 * w, y - 0.5},   {root + way * 0.13 * w, y - 0.3},
                         {root + way * 0.44 * w, y - 0.46}, {root + way * 0.36 * w, y - 0.3},
                         {root + way * 0.12 * w, y - 0.12}, {root + way * 0.84 * w, y + 0.15},
                         {root + way * 0.7 * w, y + 0.1},   tip,
                         {root + way * 0.8 * w, y - 0.04},  {root + way * 0.2 * w, y + 0.05}};
  for (const Point& at : along) {
    for (int k = 0; k < 4; ++k)
      to.leaf(at.x + dice.between(-0.02, 0.02), at.y + dice.between(-0.02, 0.02), dice.between(0.08, 0.14),
              dice.between(-kPi, kPi), dice.chance(0.75) ? mix(p.near, p.middle, dice.unit()) : p.second);
    if (dice.chance(0.6)) to.flower(at.x, at.y, dice.between(0.035, 0.055), dice.below(4), to.accent());
  }
  const double s = dice.between(0.24, 0.3), bx = root + way * 0.6 * w, by = y - s * 0.62,
               face = dice.chance(0.5) ? 1 : -1;
  const auto at = [&](double u, double v) { return Point{bx + face * s * u, by + s * v}; };
  const Colour body = p.first, wing = p.third, tail = mix(p.sky_high, p.dark, 0.3);
  for (int i = 0; i < 3; ++i)
    to.add(Role::Thing,
           smooth({at(-0.4, 0.25 + 0.06 * i), at(-0.9, 0.5 + 0.12 * i), at(-1.15, 0.75 + 0.1 * i),
                   at(-0.8, 0.66 + 0.12 * i), at(-0.3, 0.4 + 0.05 * i)}),
           i % 2 == 0 ? tail : wing, tail * 0.7, 0.6 * face);
  to.add_round(Role::Thing,
               smooth({at(-0.6, 0.35), at(-0.35, -0.15), at(0.05, -0.45), at(0.35, -0.75), at(0.68, -0.7),
                       at(0.78, -0.42), at(0.62, 0.05), at(0.3, 0.45), at(-0.15, 0.55)}),
               mix(body, p.light, 0.25), body * 0.7, 0.8);
  to.add(Role::Thing,
         smooth({at(0.72, -0.4), at(0.6, 0.02), at(0.3, 0.42), at(0.0, 0.52), at(0.2, 0.15), at(0.45, -0.2)}),
         mix(p.second, p.paper, 0.3), p.second, 1.0);
  for (int i = 0; i < 3; ++i)
    to.add(Role::Thing,
           smooth({at(0.25 - 0.1 * i, -0.2 + 0.1 * i), at(-0.2, 0.0 + 0.12 * i),
                   at(-0.75 + 0.06 * i, 0.42 + 0.08 * i), at(-0.2, 0.34 + 0.05 * i), at(0.15, 0.18)}),
           i == 1 ? mix(wing, p.paper, 0.35) : wing, wing * 0.7, 0.5 * face);
  to.add(Role::Thing, {at(0.74, -0.62), at(1.05, -0.5), at(0.75, -0.46)}, p.second, p.second * 0.7, 0);
  to.add_flat(Role::Thing, ellipse(at(0.58, -0.57).x, at(0.58, -0.57).y, 0.07 * s, 0.07 * s), p.paper);
  to.add_flat(Role::Thing, ellipse(at(0.59, -0.57).x, at(0.59, -0.57).y, 0.04 * s, 0.04 * s), p.dark);
}

using Compose = void (*)(SceneBuilder&, Scene&, Dice&);
constexpr Compose kScenes[] = {countryside, harbour, still_life, town,     bird_in_tree,
                               mountains,   bouquet, sea_life,   portrait, abstraction};

}  // namespace

int scene_count() {
  return static_cast<int>(std::size(kScenes));
}

Scene compose_scene(int kind, const Palette& palette, double aspect, Dice dice) {
  Scene scene;
  scene.width = std::max(1.0, aspect);
  scene.height = std::max(1.0, 1 / aspect);
  scene.palette = palette;
  scene.focus = {(dice.chance(0.5) ? dice.between(0.14, 0.36) : dice.between(0.64, 0.86)) * scene.width,
                 dice.between(0.13, 0.24) * scene.height};
  SceneBuilder builder(scene, dice);
  kScenes[kind](builder, scene, dice);
  return scene;
}

}  // namespace atelier::style::procedural
