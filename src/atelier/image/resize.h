#pragma once

#include "atelier/image/image.h"

namespace atelier {

/// The picture at width x height: antialiased Lanczos when shrinking, bicubic when enlarging. With alpha,
/// colours are weighted by it, so that no fringe of hidden colour appears. Depth and profile stay. Throws
/// Error Usage "image.size" unless both sides are at least 1.
Image resize(const Image& image, int width, int height);

/// The rectangle of `width` x `height` pixels whose top left corner is (x, y); Error Usage "image.crop" when
/// it does not lie inside the image.
Image crop(const Image& image, int x, int y, int width, int height);

}  // namespace atelier
