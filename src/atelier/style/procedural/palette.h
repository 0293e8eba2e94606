#pragma once

#include <vector>

#include "atelier/style/procedural/colour.h"

namespace atelier::style::procedural {

/// Colours that go together, by what they are for.
struct Palette {
  Colour sky_high, sky_low, light;  ///< light: sun, moon, lit windows
  Colour far, middle, near;         ///< three depths of land
  Colour first, second, third;      ///< accents: roofs, sails, flowers, fruit
  Colour wall, dark, paper;
};

/// Designed by hand, none drawn by lot.
const std::vector<Palette>& palettes();

}  // namespace atelier::style::procedural
