#pragma once

#include <vector>

#include "atelier/evaluation/pictures/lab.h"

namespace atelier::evaluation {

/// A few colours that stand for a picture, with the share of it that each covers; shares sum to 1.
struct Palette {
  struct Colour {
    Lab lab{};
    double share = 0;
  };
  std::vector<Colour> colours;
};

/// Five colours by k-means in Lab (Lloyd 1982), started from the means of the fifths by lightness: the same
/// grid always gives the same palette. Fewer when the grid has fewer different colours.
Palette palette_of(const LabGrid& grid);

/// Earth mover's distance (Rubner et al. 2000) between palettes, moving shares at CIEDE2000 a colour: how
/// far, in just noticeable differences, the colours of one picture are from the other's. Exact; 0 for equal
/// palettes.
struct PaletteDistance {
  double operator()(const Palette& a, const Palette& b) const;
};

}  // namespace atelier::evaluation
