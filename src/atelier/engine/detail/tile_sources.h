#pragma once

#include <span>

#include "atelier/engine/detail/feature_map.h"
#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {

enum class Padding { Reflect, Replicate, Zero };

/// What a convolution reads: the 6x6 pixels around an output tile. Thread-safe.
class TileSource {
 public:
  virtual ~TileSource() = default;

  /// Points pixels[36] at the channels of the pixels from (y - 1, x - 1), either where they lie or in `room`
  /// (36 * channels floats, 64-byte aligned). Pixels that no output needs may be any.
  virtual void locate(int y, int x, float* room, const float** pixels) const = 0;

  virtual int height() const = 0;
  virtual int width() const = 0;
  virtual int channels() const = 0;  ///< padded
  virtual ReadAffine affine() const { return {}; }
};

/// A map with one pixel of padding; `affine` is applied to what is read. Zero padding takes no affine.
class MapSource : public TileSource {
 public:
  MapSource(const FeatureMap& map, Padding padding, ReadAffine affine = {});

  void locate(int y, int x, float* room, const float** pixels) const override;
  int height() const override { return map_.height; }
  int width() const override { return map_.width; }
  int channels() const override { return map_.channels; }
  ReadAffine affine() const override { return affine_; }

 private:
  FeatureMap map_;
  Padding padding_;
  ReadAffine affine_;
};

/// A planar picture [3, height, width] seen through pixel-unshuffle 2 (channel c*4 + dy*2 + dx), reflect
/// padding.
class UnshuffleSource : public TileSource {
 public:
  UnshuffleSource(std::span<const float> picture, int height, int width)
      : picture_(picture), height_(height / 2), width_(width / 2) {}

  void locate(int y, int x, float* room, const float** pixels) const override;
  int height() const override { return height_; }
  int width() const override { return width_; }
  int channels() const override { return padded_channels(12); }

 private:
  std::span<const float> picture_;
  int height_, width_;
};

/// A planar picture [3, height, width] as (x - mean) * scale per channel, then zero padding.
class StandardisedSource : public TileSource {
 public:
  StandardisedSource(std::span<const float> picture, int height, int width, const float (&mean)[3],
                     const float (&scale)[3]);

  void locate(int y, int x, float* room, const float** pixels) const override;
  int height() const override { return height_; }
  int width() const override { return width_; }
  int channels() const override { return padded_channels(3); }

 private:
  std::span<const float> picture_;
  int height_, width_;
  float mean_[3], scale_[3];
};

}  // namespace atelier::engine::detail
