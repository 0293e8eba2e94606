#pragma once

#include <cstddef>
#include <span>

#include "atelier/engine/detail/feature_map.h"
#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {

/// One tile on its way out of a convolution: 36 frequencies of every output channel, and the part of the 4x4
/// outputs that lies inside the map.
struct OutputTile {
  const float* frequencies;
  std::size_t stride;
  int y, x, height, width;
  const BlockSums* sums;  ///< null when nobody asks for moments
  bool first;             ///< this tile starts its block's sums
};

/// Where a convolution writes. Thread-safe for different tiles.
class TileSink {
 public:
  virtual ~TileSink() = default;
  /// `room`: 16 * channels floats, 64-byte aligned.
  virtual void store(const Kernels& kernels, const OutputTile& tile, float* room) const = 0;
  /// Values a channel receives from a pixel of the convolution's own grid.
  virtual int values_per_pixel() const { return 1; }
  /// Channels the moments are about.
  virtual int channels() const = 0;
};

/// Writes into a map; bias may be null. Moments are those of the written values.
class MapSink : public TileSink {
 public:
  explicit MapSink(const FeatureMap& map, const float* bias = nullptr, bool relu = false)
      : map_(map), bias_(bias), relu_(relu) {}
  void store(const Kernels& kernels, const OutputTile& tile, float* room) const override;
  int channels() const override { return map_.channels; }

 private:
  FeatureMap map_;
  const float* bias_;
  bool relu_;
};

/// Writes four groups of channels as the four pixels (dy, dx) of a map of twice the size.
class ShuffleSink : public TileSink {
 public:
  explicit ShuffleSink(const FeatureMap& doubled) : map_(doubled) {}
  void store(const Kernels& kernels, const OutputTile& tile, float* room) const override;
  int values_per_pixel() const override { return 4; }
  int channels() const override { return map_.channels; }

 private:
  FeatureMap map_;
};

/// Bias, ReLU, then the 2x2 maximum into a map of half the size (rounded down). Moments are those before the
/// maximum.
class PoolSink : public TileSink {
 public:
  PoolSink(const FeatureMap& halved, const float* bias) : map_(halved), bias_(bias) {}
  void store(const Kernels& kernels, const OutputTile& tile, float* room) const override;
  int channels() const override { return map_.channels; }

 private:
  FeatureMap map_;
  const float* bias_;
};

/// Bias, sigmoid, pixel-shuffle of 12 channels into a planar picture [3, height, width].
class PaintingSink : public TileSink {
 public:
  PaintingSink(std::span<float> painting, int height, int width, const float* bias)
      : painting_(painting), height_(height), width_(width), bias_(bias) {}
  void store(const Kernels& kernels, const OutputTile& tile, float* room) const override;
  int channels() const override { return padded_channels(12); }

 private:
  std::span<float> painting_;
  int height_, width_;
  const float* bias_;
};

}  // namespace atelier::engine::detail
