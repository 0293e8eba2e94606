#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/channel_moments.h"
#include "atelier/engine/detail/feature_map.h"
#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {

/// A 1x1 convolution without bias, from a map onto itself. Immutable, thread-safe.
class PointwiseConv {
 public:
  /// weight: [channels, channels], row-major [out, in].
  PointwiseConv(const Kernels& kernels, const std::vector<float>& weight, int channels);

  std::size_t scratch_floats(int threads) const;

  /// Replaces every pixel; returns the moments of the new values when `moments` is set.
  std::optional<ChannelMoments> run(const FeatureMap& map, bool moments, float* scratch, int threads) const;

 private:
  const Kernels* kernels_;
  int channels_;  // padded
  AlignedBuffer weights_;
};

}  // namespace atelier::engine::detail
