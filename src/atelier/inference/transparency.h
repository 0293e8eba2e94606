#pragma once

#include "atelier/image/image.h"

namespace atelier::inference {

/// True when the image has an alpha plane and nothing of it shows.
bool is_invisible(const Image& image);

/// The colours without alpha. Pixels that nobody sees may hold anything (often black) and would bleed into
/// their painted neighbours: they get the mean colour of the pixels that show.
Image visible_colours(const Image& image);

}  // namespace atelier::inference
