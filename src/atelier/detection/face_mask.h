#pragma once

#include <span>

#include "atelier/detection/face.h"
#include "atelier/image/image.h"

namespace atelier::detection {

/// Grey of `amount` (0..1; 1 is white) on the faces and black elsewhere, in ellipses from hairline to chin
/// whose edges are as soft as a third of the face, so that no brush stops short.
Image face_mask(int width, int height, std::span<const Face> faces, float amount);

}  // namespace atelier::detection
