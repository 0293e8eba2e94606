#pragma once

#include "atelier/style/procedural/raster.h"
#include "atelier/style/procedural/sheet.h"

namespace atelier::style::procedural {

/// What every medium works from.
struct Easel {
  Scene scene;
  int width, height;  ///< samples to paint
  double scale;       ///< samples a unit of the scene's length
  Dice dice;
  std::uint32_t seed;  ///< for noise

  Raster raster() const { return Raster(scene, width, height); }
  Sheet sheet(const Colour& ground) const { return Sheet(width, height, scale, ground); }
};

}  // namespace atelier::style::procedural
