#pragma once

#include <cstddef>

namespace atelier::engine::detail {

/// Channels are stored in groups of this many floats (one AVX-512 register, two AVX2 ones); the rest is zero.
constexpr int kChannelGroup = 16;
constexpr int padded_channels(int channels) {
  return (channels + kChannelGroup - 1) / kChannelGroup * kChannelGroup;
}

/// Winograd F(4x4, 3x3) (Lavin and Gray, 2015): an input tile of 6x6 pixels gives an output tile of 4x4 with
/// 36 multiplications a channel pair instead of 144.
constexpr int kOutTile = 4;
constexpr int kInTile = 6;
constexpr int kFrequencies = kInTile * kInTile;

/// Running sums of one block of outputs, per channel, around a value of the block's own (`reference`), so
/// that a flat picture or a large mean costs no digits.
struct BlockSums {
  float* reference;
  float* sum;
  float* square;
};

/// The inner loops, once per instruction set. All channel counts are multiples of kChannelGroup; pointers to
/// channels are 64-byte aligned. Thread-safe: nothing is kept between calls.
struct Kernels {
  const char* name;
  int panel;  ///< width of a packed weight panel, see pack_panels

  /// B^T d B of one tile for every channel: pixels[36] -> frequencies[f * stride + channel]. With `scale`,
  /// the pixels are read as max(0, x * scale + shift).
  void (*input_transform)(const float* const* pixels, int channels, const float* scale, const float* shift,
                          float* frequencies, std::size_t stride);

  /// c[rows, n] = a[rows, k] * b, b packed in panels. Row strides in floats.
  void (*multiply)(const float* a, std::size_t a_stride, const float* b, int rows, int k, int n, float* c,
                   std::size_t c_stride);

  /// A^T m A of one tile for every channel, plus `bias` (may be null), then max(0, .) when `relu`; writes the
  /// upper left height x width of the 4x4 outputs. With `sums`, adds the written values to them; `first`
  /// starts them.
  void (*output_transform)(const float* frequencies, std::size_t stride, int channels, const float* bias,
                           bool relu, int height, int width, float* out, std::size_t row_stride,
                           std::size_t column_stride, const BlockSums* sums, bool first);

  /// Adds `pixels` rows of `channels` values to the sums; `first` starts them.
  void (*accumulate)(const float* x, std::size_t pixels, int channels, const BlockSums& sums, bool first);

  /// x = max(0, x * scale + shift), in place.
  void (*affine_relu)(float* x, std::size_t pixels, int channels, const float* scale, const float* shift);
  /// x += y * scale + shift.
  void (*add_affine)(float* x, const float* y, std::size_t pixels, int channels, const float* scale,
                     const float* shift);
  /// x = max(0, x * scale + shift + y * y_scale); y_scale may be null for no y.
  void (*merge_relu)(float* x, const float* y, std::size_t pixels, int channels, const float* scale,
                     const float* shift, const float* y_scale);

  /// Vertical half of the blur-pool: line = (r0 + 3 r1 + 3 r2 + r3) / 8 over `pixels`, rows read as
  /// max(0, x * scale + shift) when scale is given.
  void (*blur_rows)(const float* const* rows, std::size_t pixels, int channels, const float* scale,
                    const float* shift, float* line);
  /// Horizontal half, stride 2, reflecting at both ends: `width` (even) pixels of `line` -> width / 2 of
  /// `out`.
  void (*blur_columns)(const float* line, int width, int channels, float* out);

  /// 2x2 maximum of two rows: `width` outputs.
  void (*max_pool)(const float* top, const float* bottom, int width, int channels, float* out);

  /// x = 1 / (1 + exp(-x)); error below 2e-7. count is a multiple of kChannelGroup.
  void (*sigmoid)(float* x, std::size_t count);
};

/// The fastest set this processor runs.
const Kernels& best_kernels();

const Kernels& generic_kernels();
/// Null where the processor or the build lacks them.
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();

/// Number of floats that pack_panels writes.
std::size_t packed_size(int k, int n);
/// Packs row-major b[k, n] (n a multiple of kChannelGroup) into panels of kernels.panel columns, each stored
/// k by k; the last panel is narrower where n leaves a rest.
void pack_panels(const Kernels& kernels, const float* b, int k, int n, float* packed);

}  // namespace atelier::engine::detail
