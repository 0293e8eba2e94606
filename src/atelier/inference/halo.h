#pragma once

#include "atelier/image/image.h"

namespace atelier::inference {

/// Takes from a painting, 16 bits, the bright seams along its photo's strong edges: light on the brighter
/// side of an edge that this side does not have a little away from it. What a place should be is a line
/// through the painting's luma over the photo's, fitted to the pixels of the 33 x 33 around that lie off the
/// edges (a guided filter, He et al. 2013, with weights). Brushwork stays, for as much as the rest of the
/// side deviates is allowed; so do dark outlines. `photo` is the photo at the painting's size, of either
/// depth.
void suppress_halos(const Image& photo, Image& painting);

}  // namespace atelier::inference
