#pragma once

#include <optional>
#include <vector>

#include "atelier/evaluation/pictures/plane.h"

namespace atelier::evaluation {

/// Where each pixel of a frame was in the frame before, relative to itself, in pixels; measured on the
/// photographed frames, never on painted ones.
struct Flow {
  int width = 0, height = 0;
  std::vector<float> dx, dy;
};

/// Temporal warping error (Lai et al. 2018): mean over the pixels that can be followed of |y_t - W(y_t-1)|^2,
/// with W bilinear. A pixel can be followed when its place in the frame before lies inside and the flow back
/// agrees, |f + b|^2 < 0.01 (|f|^2 + |b|^2) + 0.5. 0 for frames that move exactly as the photographed ones.
/// It must be read beside a style score: who does not paint does not flicker.
struct WarpingError {
  /// Frames as luma in [0,1]; `to_before` from the later frame, `to_after` from the earlier one. Nothing when
  /// no pixel can be followed. Error Internal "evaluation.sizes" when the sizes differ.
  std::optional<double> operator()(const Plane& before, const Plane& after, const Flow& to_before,
                                   const Flow& to_after) const;
};

/// Static flicker: where two photographed frames are equal (within 1/255), root mean square of what the
/// painted ones differ. 0 for a system that paints each still part the same. Nothing when nothing stands
/// still.
struct StaticFlicker {
  std::optional<double> operator()(const Plane& painted_before, const Plane& painted_after,
                                   const Plane& photo_before, const Plane& photo_after) const;
};

}  // namespace atelier::evaluation
