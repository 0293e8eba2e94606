#pragma once

#include "atelier/style/procedural/easel.h"

namespace atelier::style::procedural {

/// Lines that a graver leaves: along the forms, swelling and ending, over a whole scene.
class CarvedLines {
 public:
  CarvedLines(const Easel& easel, const Raster& raster, double spacing);

  /// 0 in the middle of a cut, 1 half-way between two cuts.
  double at(int x, int y, double u, double v) const;
  const std::vector<float>& border() const { return border_; }  ///< distance to the next shape, samples

 private:
  const Easel& easel_;
  const Raster& raster_;
  double spacing_;
  std::vector<float> border_;
};

}  // namespace atelier::style::procedural
