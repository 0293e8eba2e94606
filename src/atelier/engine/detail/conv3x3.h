#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/channel_moments.h"
#include "atelier/engine/detail/kernels.h"
#include "atelier/engine/detail/tile_sinks.h"
#include "atelier/engine/detail/tile_sources.h"

namespace atelier::engine::detail {

/// A 3x3 convolution of stride 1 by Winograd F(4x4, 3x3): blocks of tiles are transformed, multiplied with
/// the transformed weights in 36 matrix products that stay in the cache, and transformed back. Immutable,
/// thread-safe.
class Conv3x3 {
 public:
  /// weight: [out, in, 3, 3], row-major.
  Conv3x3(const Kernels& kernels, const std::vector<float>& weight, int out, int in);

  /// Bilinear upsampling by two followed by a convolution with `weight` and replicate padding, as one
  /// convolution of the small map: four groups of `out` channels, one a pixel (dy, dx), for a ShuffleSink
  /// (algorithm: both are linear and each doubled pixel sees 3x3 small ones).
  static Conv3x3 upsampling(const Kernels& kernels, const std::vector<float>& weight, int out, int in);

  /// Channels of the output, padded; four groups for an upsampling one.
  int out_channels() const { return out_; }

  std::size_t scratch_floats(int height, int width, int threads) const;

  /// Convolves the whole source. `scratch`: scratch_floats() floats, 64-byte aligned. Returns the moments of
  /// what the sink wrote when `moments` is set.
  std::optional<ChannelMoments> run(const TileSource& source, const TileSink& sink, bool moments,
                                    float* scratch, int threads) const;

 private:
  /// kernels of [groups][out][in][9]
  Conv3x3(const Kernels& kernels, const std::vector<double>& weight, int groups, int out, int in);
  int tiles_per_block(std::size_t tiles, int threads) const;
  std::size_t thread_floats(int tiles) const;

  const Kernels* kernels_;
  int in_, out_;
  AlignedBuffer weights_;  // [36][panels]
};

}  // namespace atelier::engine::detail
