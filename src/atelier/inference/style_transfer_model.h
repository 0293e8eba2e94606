#pragma once

#include <span>
#include <vector>

#include "atelier/style/style_code.h"

namespace atelier::inference {

/// Means and standard deviations of every normalisation site of the generator, in
/// GeneratorOptions::norm_sites order; per site C means, then C values of sqrt(var + 1e-5). Frozen ones make
/// tiles of one picture agree.
struct NormStatistics {
  std::vector<std::vector<float>> sites;
};

/// A brush beside a request's own.
struct MaskedBrush {
  std::span<const float> code, modulation;
  float detail = 1;
  const NormStatistics* frozen = nullptr;  ///< of the whole picture painted with this brush alone
  std::span<const float> share;            ///< [height, width], 0 .. 1: how much of each pixel is its
};

/// What to paint. Planar RGB in [0,1], [3, height, width], both multiples of 8 and at least 16.
struct PaintRequest {
  std::span<const float> content;
  int height = 0, width = 0;
  std::span<const float> code;             ///< the style code's numbers
  std::span<const float> modulation;       ///< added to what the code gives every AdaIN site (see
                                           ///< model::StyleDelta); empty: nothing
  float stroke = 1;                        ///< stroke scale the code is painted at, 0.25 .. 4
  float detail = 1;                        ///< 0 paints, 1 keeps every line
  const NormStatistics* frozen = nullptr;  ///< use these statistics instead of the picture's own
  NormStatistics* collect = nullptr;       ///< receives the statistics used
  /// Brushes that share the pixels with this one, which has what they leave: what the styles do to the
  /// features is mixed, not what they paint. Needs `frozen`, excludes `collect`.
  std::span<const MaskedBrush> others = {};
};

/// The seam between Stylizer and whatever computes: the CPU engine, LibTorch, a fake in tests. Immutable
/// after construction: many threads may call one model.
class StyleTransferModel {
 public:
  virtual ~StyleTransferModel() = default;

  /// Paints into `painting` [3, height, width], RGB in [0,1].
  virtual void paint(const PaintRequest& request, std::span<float> painting) const = 0;

  /// The style code of a picture, planar RGB in [0,1], [3, height, width], at least 16 x 16.
  virtual std::vector<float> encode_style(std::span<const float> picture, int height, int width) const = 0;
};

}  // namespace atelier::inference
