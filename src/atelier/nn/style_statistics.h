#pragma once

#include <ATen/core/Tensor.h>

#include "atelier/nn/feature_network.h"

namespace atelier::nn {

/// What the StyleEncoder sees of a picture; formulas: StyleEncoderOptions in model/architecture.h.
struct StyleStatistics {
  at::Tensor
      texture;  ///< [N, 2 * sum of tap channels]: means and log standard deviations of phi on the luminance
  at::Tensor palette;  ///< [N, 24]: Lab mean, Cholesky factor of the Lab covariance, five means by lightness
};

/// picture: [N, 3, H, W] RGB in [0,1]. Differentiable in the picture.
StyleStatistics style_statistics(const at::Tensor& picture, FeatureNetwork& phi);

/// sRGB in [0,1] -> CIE Lab (D65), divided by 100. [N, 3, ...] -> the same shape.
at::Tensor srgb_to_lab(const at::Tensor& rgb);

/// Luma 0.299 R + 0.587 G + 0.114 B. [N, 3, H, W] -> [N, 1, H, W].
at::Tensor luma(const at::Tensor& rgb);

}  // namespace atelier::nn
