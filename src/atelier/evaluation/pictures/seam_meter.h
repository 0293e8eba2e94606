#pragma once

#include <optional>

#include "atelier/evaluation/pictures/plane.h"

namespace atelier::evaluation {

/// Finds tile boundaries: mean absolute difference of neighbouring pixels across boundaries every `side`
/// pixels, divided by the mean of all other neighbours. About 1 without seams; compare with the same picture
/// painted whole, since pictures differ too. Nothing when no boundary lies inside or the picture is flat.
struct SeamMeter {
  std::optional<double> operator()(const Plane& luma, int side) const;
};

}  // namespace atelier::evaluation
