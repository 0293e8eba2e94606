#pragma once

#include <ATen/core/Tensor.h>

namespace atelier::losses {

/// Quiet guard: where the photo is even, the painting is no busier than the style's own even places, so that
/// a smooth style leaves a sky smooth and a lively one may fill it with strokes. Statistics of whole pictures
/// cannot ask for that: they say how much texture there is, not that some places have none.
///
/// A picture is as busy in a cell of 16 x 16 pixels as the root mean square of luma less its mean over the 17
/// x 17 pixels around, b. With q = exp(-(b(c) / 0.012)^2) for the photo's cells and t the style's quiet
/// level,
///   mean over cells of q * relu(b(y) / (t + 0.004) - 1).
/// Brush marks up to some 30 pixels long count; a slow gradient does not.
struct QuietGuard {
  static constexpr int kCell = 16;  ///< pixels; pictures are at least as large

  /// [N,3,H,W] in [0,1] -> [N, H/16 * W/16].
  static at::Tensor busyness(const at::Tensor& pictures);
  /// The style pictures' quiet levels, [N]: what a quarter of their cells stay below.
  static at::Tensor level(const at::Tensor& styles);

  /// `level` [N], of the style that each painting is in.
  at::Tensor operator()(const at::Tensor& paintings, const at::Tensor& photos, const at::Tensor& level) const;
};

}  // namespace atelier::losses
