#pragma once

#include <array>
#include <vector>

#include "atelier/image/image.h"

namespace atelier::evaluation {

/// CIE L*a*b* under D65: L in 0..100.
using Lab = std::array<double, 3>;

/// sRGB in [0,1] -> Lab.
Lab lab_of(double red, double green, double blue);

/// CIEDE2000 colour difference with kL = kC = kH = 1 (Sharma, Wu and Dalal 2005); about 1 is just noticeable.
double delta_e_2000(const Lab& a, const Lab& b);

/// A picture as a coarse grid of colours.
struct LabGrid {
  int width = 0, height = 0;
  std::vector<Lab> cells;

  const Lab& at(int x, int y) const {
    return cells[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

/// The picture averaged (as sRGB) onto at most side x side cells that cover it, then Lab.
LabGrid lab_grid(const Image& picture, int side);

}  // namespace atelier::evaluation
