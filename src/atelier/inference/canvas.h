#pragma once

#include "atelier/image/image.h"

namespace atelier::inference {

/// The scene, 16 bits, laid on the canvas (Canvas in image/noise_field.h) that its model was trained with:
/// `deviation` of full scale, 0..0.1, is added to red, green and blue alike. At 0 the scene itself. The same
/// scene always gets the same canvas.
Image on_canvas(const Image& scene, float deviation);

}  // namespace atelier::inference
