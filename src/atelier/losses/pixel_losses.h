#pragma once

#include <ATen/core/Tensor.h>

namespace atelier::losses {

/// Identity: mean |G(c, E(c)) - c|. Painted in its own style a photo must come back (Park & Lee 2019, SANet).
struct IdentityLoss {
  at::Tensor operator()(const at::Tensor& reconstruction, const at::Tensor& content) const;
};

/// Total variation: mean |dy/dx| + mean |dy/dy|.
struct TotalVariationLoss {
  at::Tensor operator()(const at::Tensor& picture) const;
};

/// Structure guard: |N(P(Y(y))) - N(P(Y(c)))|^2 / n with Y the luma, P average pooling by 16, N standardising
/// per picture: where the photo is light or dark on a coarse scale, the painting is too. Keeps blobs out of
/// flat skies.
struct StructureGuard {
  at::Tensor operator()(const at::Tensor& painting, const at::Tensor& content) const;
};

/// Halo guard: mean relu(|L(y)| - |L(c)| - margin) over a band-pass L of the luma (difference of two blurs, 3
/// and 9 px) next to the photo's strong edges: a bright seam along a dark edge that the photo does not have
/// costs.
struct HaloGuard {
  double margin = 0.05;
  at::Tensor operator()(const at::Tensor& painting, const at::Tensor& content) const;
};

/// Colour guard: places of one colour in the photo have one colour in the painting. With p the pictures
/// averaged over cells of 16 x 16 pixels and w_ij = exp(-|p_i(c) - p_j(c)|^2 / (2 * 0.05^2)) for every pair
/// of cells,
///   sum w_ij |p_i(y) - p_j(y)|^2 / (sum w_ij * (var(p(y)) + 0.01)).
/// var(p(y)) is no path for gradients. A glow in an even sky costs, whatever its colour; strokes finer than a
/// cell are free (an affinity as in Levin et al. 2008, on a coarse scale).
struct ColourGuard {
  at::Tensor operator()(const at::Tensor& painting, const at::Tensor& content) const;
};

/// Grid guard: what repeats with the network's stride of 8 pixels is a print of the network, never of the
/// picture. In windows of 64 x 64 (smaller where the painting is, at least 8) the means m of the 8 x 8 phases
/// of the pixel grid must agree: var(m) / (var(y) + 1e-3), averaged over windows and colours; var(y) is no
/// path for gradients. White noise has 1/64, a checkerboard of 2, 4 or 8 pixels 1. What lies beyond the last
/// whole window is left out.
struct GridGuard {
  at::Tensor operator()(const at::Tensor& painting) const;
};

}  // namespace atelier::losses
