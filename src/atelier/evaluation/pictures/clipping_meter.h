#pragma once

#include "atelier/image/image.h"

namespace atelier::evaluation {

/// Share of a picture's colour samples that stand at 0 or at the full value, where detail is cut off.
struct ClippingMeter {
  double operator()(const Image& picture) const;
};

}  // namespace atelier::evaluation
