#pragma once

#include <cstdint>
#include <vector>

namespace atelier::mapping {

/// A drawn scene to paint on, planar RGB [3, side, side] in [0,1]: sky and ground in graded colours, a few
/// shaded discs and slanted blocks before them, fine grain. Nobody's photo is needed to train a mapper, and a
/// style's effect shows on it as on photos: edges, flats, gradients and texture at several scales.
std::vector<float> drawn_content(int side, std::uint64_t seed);

}  // namespace atelier::mapping
