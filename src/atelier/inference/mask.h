#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "atelier/image/image.h"

namespace atelier::inference {

/// A value a pixel, row by row, 255 for all of it.
using MaskPlane = std::vector<std::uint8_t>;

/// A mask picture at width x height: its luma, times its alpha; white is 255.
MaskPlane mask_plane(const Image& mask, int width, int height);

/// True when `mask` has width x height pixels, false when it must be scaled to them; Error Usage
/// "stylize.mask" when its shape is another one (rounding to whole pixels aside). `name` stands for the mask.
bool require_fitting_mask(const Image& mask, const std::string& name, int width, int height);

/// Where a photo has structure finer than strokes in high contrast: text, faces' features, rigging, leaves
/// too; nothing here knows what they are. 255 from the photo's 80th percentile of local contrast on, 0 below
/// its median, so that at least half of the picture is left to the brush; contrasts below 2 % of full scale
/// never count.
MaskPlane fine_structure(const Image& photo);

}  // namespace atelier::inference
