#pragma once

#include "atelier/image/image.h"

namespace atelier::inference {

/// Takes from a painting, 16 bits, the faint grid that a generator's upsampling prints on it (checkerboards:
/// Odena et al. 2016): what repeats in luma every four pixels, known by its mean over some fifty pixels
/// around, as fixed-pattern noise is taken from a sensor's pictures. The painting must be as the network left
/// it, its grid at the upper left corner. What does not repeat at exactly this period stays; so
/// does all of a picture with a side below 64 pixels.
void remove_fixed_pattern(Image& painting);

}  // namespace atelier::inference
