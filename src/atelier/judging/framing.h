#pragma once

#include "atelier/image/image.h"

namespace atelier::judging {

/// The protocol's view of a picture: transparency filled, the middle square, size x size pixels, 8 bits. A
/// painting of the whole photo, at any size, is cut like its photo.
Image framed(const Image& picture, int size);

}  // namespace atelier::judging
