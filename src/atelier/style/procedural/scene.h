#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "atelier/style/procedural/outline.h"
#include "atelier/style/procedural/palette.h"

namespace atelier::style::procedural {

/// What a shape is; media treat them apart (rays in glass skies, hatching on roofs).
enum class Role { Sky, Light, Cloud, Land, Plant, Wood, Wall, Roof, Opening, Water, Thing };

/// A filled outline whose colour goes from `lit` to `shaded` along the line from `from` to `to`, or outwards
/// from `from` when it is round.
struct Shape {
  Role role = Role::Thing;
  Outline outline;
  Colour lit, shaded;
  Point from, to;
  bool is_round = false;
  double angle = 0;  ///< the way strokes run on it, radians
};

/// An invented picture before any medium: shapes from the back to the front.
struct Scene {
  double width = 1, height = 1;  ///< the shorter one is 1
  Point focus;                   ///< where the light is
  Palette palette;
  std::string subject;  ///< "Harbour"
  std::vector<Shape> shapes;
};

/// How many kinds of scenes there are.
int scene_count();
/// Scene `kind` (0 .. scene_count() - 1), width : height = `aspect`.
Scene compose_scene(int kind, const Palette& palette, double aspect, Dice dice);

}  // namespace atelier::style::procedural
