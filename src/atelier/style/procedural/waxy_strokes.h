#pragma once

#include "atelier/style/procedural/easel.h"

namespace atelier::style::procedural {

/// Parallel strokes of a soft stick on rough paper, in the direction of each shape.
class WaxyStrokes {
 public:
  WaxyStrokes(const Easel& easel, const Raster& raster, double thick)
      : easel_(easel), raster_(raster), thick_(thick) {}

  struct Mark {
    std::size_t source = 0;  ///< the sample of the raster whose colour the stroke carries
    double deposit = 0;      ///< 0 bare paper .. 1 covered
    int stroke = 0;          ///< its number
  };
  /// `layer` 0, 1, ...: strokes over strokes, turned by `turn`; `pressure` 0..1.
  Mark at(double u, double v, int layer, double turn, double pressure) const;

 private:
  const Easel& easel_;
  const Raster& raster_;
  double thick_;
};

}  // namespace atelier::style::procedural
