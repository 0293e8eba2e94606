#pragma once

#include <optional>

#include "atelier/evaluation/pictures/plane.h"

namespace atelier::evaluation {

/// Structural similarity (Wang et al. 2004) of two lumas in [0,1]: the mean over all windows that lie inside
/// of
///   (2 mu_a mu_b + C1)(2 sigma_ab + C2) / ((mu_a^2 + mu_b^2 + C1)(sigma_a^2 + sigma_b^2 + C2)),
/// windows 11 x 11, Gaussian of sigma 1.5, C1 = 0.01^2, C2 = 0.03^2. 1 for equal pictures; symmetric.
struct Ssim {
  static constexpr int kWindow = 11;
  static constexpr double kSigma = 1.5;

  /// Nothing for pictures smaller than a window. Error Internal "evaluation.sizes" for different sizes.
  std::optional<double> operator()(const Plane& a, const Plane& b) const;
};

}  // namespace atelier::evaluation
