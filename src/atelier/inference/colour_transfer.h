#pragma once

#include <array>

#include "atelier/image/image.h"

namespace atelier::inference {

/// CIE L*a*b* under D65: L in 0..100, a and b about -110..110.
using Lab = std::array<float, 3>;

/// sRGB in [0,1] and back; what lies outside the sRGB gamut is clamped on the way back.
Lab srgb_to_lab(const std::array<float, 3>& rgb);
std::array<float, 3> lab_to_srgb(const Lab& lab);

/// Gives `painting` the chroma (a, b) of `photo` pixel by pixel and keeps its own lightness. Both have the
/// same size, else Error Internal "image.size".
void keep_colours(Image& painting, const Image& photo);

/// Moves the colours of `painting` onto those of `palette`: the linear map of Lab that carries mean and
/// covariance of the one onto the other with least displacement (Monge-Kantorovich; Pitié & Kokaram 2007), T
/// = A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2, x -> T (x - mean_A) + mean_B.
void transfer_palette(Image& painting, const Image& palette);

}  // namespace atelier::inference
