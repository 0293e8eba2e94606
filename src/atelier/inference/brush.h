#pragma once

#include <cstddef>
#include <vector>

#include "atelier/inference/mask.h"

namespace atelier::inference {

/// One style of a painting, ready for the model, and where it paints.
struct Brush {
  std::vector<float> code, modulation;
  float detail = 1;
  float strength = 1;
  MaskPlane share;  ///< how much of each pixel of the scene is this brush's; empty for the first of several,
                    ///< which has what the others leave
};

/// Makes the shares of all brushes but the first sum to at most 255 a pixel, by dividing where masks overlap.
void settle_overlaps(std::vector<Brush>& brushes);

/// Every brush gives the part `where` of its share to one like it with detail 1.
void raise_detail(std::vector<Brush>& brushes, const MaskPlane& where);

/// How much of the photo's lines each of the scene's pixels keeps, 255 all: as much as the brushes that share
/// it do and no less than `least`, which may be empty.
MaskPlane kept_lines(const std::vector<Brush>& brushes, std::size_t pixels, const MaskPlane& least);

}  // namespace atelier::inference
