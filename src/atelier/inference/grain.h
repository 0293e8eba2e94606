#pragma once

#include <cstdint>

#include "atelier/image/image.h"

namespace atelier::inference {

/// Film grain.
struct Grain {
  float strength = 0;      ///< 0 none .. 1: a standard deviation of 10 % of full scale in the middle tones
  float size = 1.5f;       ///< diameter of a grain in pixels of the output, 0.5 .. 16
  std::uint64_t seed = 1;  ///< the same seed gives the same grain
};

/// Adds the same to red, green and blue of each pixel: a Gaussian field that is as smooth as the grains are
/// large, weighted with 4 Y (1 - Y) of the pixel's luma Y, so that black and white stay clean.
void add_grain(Image& painting, const Grain& grain);

}  // namespace atelier::inference
