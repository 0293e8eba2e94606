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

/// Structure guard: |N(P(Y(y))) - N(P(Y(c)))|^2 / n with Y the luma, P average pooling by 16, N standardising per
/// picture: where the photo is light or dark on a coarse scale, the painting is too. Keeps blobs out of flat skies.
struct StructureGuard {
  at::Tensor operator()(const at::Tensor& painting, const at::Tensor& content) const;
};

/// Halo guard: mean relu(|L(y)| - |L(c)| - margin) over a band-pass L of the luma (difference of two blurs, 3 and 9 px)
/// next to the photo's strong edges: a bright seam along a dark edge that the photo does not have costs.
struct HaloGuard {
  double margin = 0.05;
  at::Tensor operator()(const at::Tensor& painting, const at::Tensor& content) const;
};

}  // namespace atelier::losses
