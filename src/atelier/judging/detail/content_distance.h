#pragma once

#include <ATen/core/Tensor.h>

namespace atelier::judging::detail {

/// Content loss (Gatys et al. 2016), made dimensionless: |F(y) - F(c)|^2 / |F(c) - mean F(c)|^2 over all
/// entries of one layer. 0 for equal pictures, 1 for a painting as far from the photo as the photo from its
/// own mean.
struct ContentDistance {
  double operator()(const at::Tensor& painting, const at::Tensor& photo) const;
};

}  // namespace atelier::judging::detail
