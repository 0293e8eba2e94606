#pragma once

// The bodies of all kernels, for one vector width. Included by kernels_<isa>.cpp only, each compiled with its
// own instruction set; the anonymous namespace keeps the linker from swapping one set's code for another's.
// For the same reason no inline function of the standard library is called in here.

#include <cstddef>
#include <cstdint>

#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {
namespace {

template <int kLanes>
struct VectorOf;
template <>
struct VectorOf<4> {
  typedef float Float __attribute__((vector_size(16)));
  typedef std::int32_t Int __attribute__((vector_size(16)));
};
template <>
struct VectorOf<8> {
  typedef float Float __attribute__((vector_size(32)));
  typedef std::int32_t Int __attribute__((vector_size(32)));
};
template <>
struct VectorOf<16> {
  typedef float Float __attribute__((vector_size(64)));
  typedef std::int32_t Int __attribute__((vector_size(64)));
};

/// kLanes floats a register; a multiply block of kRows x kColumns registers.
template <int kLanes, int kRows, int kColumns>
struct Bodies {
  using Vec = typename VectorOf<kLanes>::Float;
  using IntVec = typename VectorOf<kLanes>::Int;
  static constexpr int kPanel = kLanes * kColumns;

  [[gnu::always_inline]] static Vec load(const float* p) {
    Vec v;
    __builtin_memcpy(&v, p, sizeof(v));
    return v;
  }
  [[gnu::always_inline]] static void store(float* p, Vec v) { __builtin_memcpy(p, &v, sizeof(v)); }
  [[gnu::always_inline]] static Vec relu(Vec v) {
    const Vec zero = {};
    return v > zero ? v : zero;
  }
  [[gnu::always_inline]] static Vec larger(Vec a, Vec b) { return a > b ? a : b; }

  [[gnu::always_inline]] static void input_1d(const Vec* d, Vec* out) {
    const Vec a = d[4] - 4.0f * d[2];
    const Vec b = d[3] - 4.0f * d[1];
    const Vec c = d[4] - d[2];
    const Vec e = d[3] - d[1];
    out[0] = 4.0f * d[0] + (d[4] - 5.0f * d[2]);
    out[1] = a + b;
    out[2] = a - b;
    out[3] = c + 2.0f * e;
    out[4] = c - 2.0f * e;
    out[5] = 4.0f * d[1] + (d[5] - 5.0f * d[3]);
  }

  [[gnu::always_inline]] static void output_1d(const Vec* m, Vec* out) {
    const Vec s = m[1] + m[2];
    const Vec d = m[1] - m[2];
    const Vec p = m[3] + m[4];
    const Vec q = m[3] - m[4];
    out[0] = m[0] + s + p;
    out[1] = d + 2.0f * q;
    out[2] = s + 4.0f * p;
    out[3] = d + 8.0f * q + m[5];
  }

  template <bool kAffine>
  static void input_transform_body(const float* const* pixels, int channels, const float* scale,
                                   const float* shift, float* frequencies, std::size_t stride) {
    for (int c = 0; c < channels; c += kLanes) {
      Vec half[kInTile][kInTile];
      Vec factor = {}, offset = {};
      if constexpr (kAffine) {
        factor = load(scale + c);
        offset = load(shift + c);
      }
#pragma GCC unroll 6
      for (int x = 0; x < kInTile; ++x) {
        Vec d[kInTile], t[kInTile];
#pragma GCC unroll 6
        for (int y = 0; y < kInTile; ++y) {
          d[y] = load(pixels[y * kInTile + x] + c);
          if constexpr (kAffine) d[y] = relu(d[y] * factor + offset);
        }
        input_1d(d, t);
#pragma GCC unroll 6
        for (int y = 0; y < kInTile; ++y) half[y][x] = t[y];
      }
#pragma GCC unroll 6
      for (int y = 0; y < kInTile; ++y) {
        Vec t[kInTile];
        input_1d(half[y], t);
#pragma GCC unroll 6
        for (int x = 0; x < kInTile; ++x) {
          store(
              frequencies + static_cast<std::size_t>(y * kInTile + x) * stride + static_cast<std::size_t>(c),
              t[x]);
        }
      }
    }
  }

  static void input_transform(const float* const* pixels, int channels, const float* scale,
                              const float* shift, float* frequencies, std::size_t stride) {
    if (scale) {
      input_transform_body<true>(pixels, channels, scale, shift, frequencies, stride);
    } else {
      input_transform_body<false>(pixels, channels, nullptr, nullptr, frequencies, stride);
    }
  }

  template <int kR, int kC>
  static void multiply_block(const float* a, std::size_t a_stride, const float* b, int k_count, float* c,
                             std::size_t c_stride) {
    Vec sum[kR][kC] = {};
    for (int k = 0; k < k_count; ++k) {
      Vec column[kC];
#pragma GCC unroll 4
      for (int j = 0; j < kC; ++j) column[j] = load(b + j * kLanes);
      b += kC * kLanes;
#pragma GCC unroll 32
      for (int r = 0; r < kR; ++r) {
        const float value = a[static_cast<std::size_t>(r) * a_stride + static_cast<std::size_t>(k)];
#pragma GCC unroll 4
        for (int j = 0; j < kC; ++j) sum[r][j] += value * column[j];
      }
    }
#pragma GCC unroll 32
    for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 4
      for (int j = 0; j < kC; ++j) store(c + static_cast<std::size_t>(r) * c_stride + j * kLanes, sum[r][j]);
    }
  }

  /// One block of `rows` <= kR rows.
  template <int kR, int kC>
  static void multiply_rows(const float* a, std::size_t a_stride, const float* b, int rows, int k, float* c,
                            std::size_t c_stride) {
    if constexpr (kR > 0) {
      if (rows == kR) {
        multiply_block<kR, kC>(a, a_stride, b, k, c, c_stride);
      } else {
        multiply_rows<kR - 1, kC>(a, a_stride, b, rows, k, c, c_stride);
      }
    }
  }

  /// All rows against one panel, in blocks as even as can be: 32 rows are two sixes and four fives, never a
  /// lonely two that would leave the multipliers waiting for their own results.
  template <int kC>
  static void multiply_panel(const float* a, std::size_t a_stride, const float* b, int rows, int k, float* c,
                             std::size_t c_stride) {
    int blocks = (rows + kRows - 1) / kRows;
    while (rows > 0) {
      const int now = (rows + blocks - 1) / blocks;
      multiply_rows<kRows, kC>(a, a_stride, b, now, k, c, c_stride);
      a += static_cast<std::size_t>(now) * a_stride;
      c += static_cast<std::size_t>(now) * c_stride;
      rows -= now;
      --blocks;
    }
  }

  static void multiply(const float* a, std::size_t a_stride, const float* b, int rows, int k, int n, float* c,
                       std::size_t c_stride) {
    int column = 0;
    for (; column + kPanel <= n; column += kPanel) {
      multiply_panel<kColumns>(a, a_stride, b, rows, k, c + column, c_stride);
      b += static_cast<std::size_t>(k) * kPanel;
    }
    if constexpr (kPanel > kChannelGroup) {
      if (column < n) multiply_panel<kChannelGroup / kLanes>(a, a_stride, b, rows, k, c + column, c_stride);
    }
  }

  template <bool kSums, bool kFull>
  static void output_transform_body(const float* frequencies, std::size_t stride, int channels,
                                    const float* bias, bool use_relu, int height, int width, float* out,
                                    std::size_t row_stride, std::size_t column_stride, const BlockSums* sums,
                                    bool first) {
    for (int c = 0; c < channels; c += kLanes) {
      Vec half[kOutTile][kInTile];
#pragma GCC unroll 6
      for (int x = 0; x < kInTile; ++x) {
        Vec m[kInTile], t[kOutTile];
#pragma GCC unroll 6
        for (int y = 0; y < kInTile; ++y) {
          m[y] = load(frequencies + static_cast<std::size_t>(y * kInTile + x) * stride +
                      static_cast<std::size_t>(c));
        }
        output_1d(m, t);
#pragma GCC unroll 4
        for (int y = 0; y < kOutTile; ++y) half[y][x] = t[y];
      }
      Vec offset = {};
      if (bias) offset = load(bias + c);
      Vec reference = {}, sum = {}, square = {};
      if constexpr (kSums) {
        if (!first) {
          reference = load(sums->reference + c);
          sum = load(sums->sum + c);
          square = load(sums->square + c);
        }
      }
      const int rows = kFull ? kOutTile : height;
      const int columns = kFull ? kOutTile : width;
#pragma GCC unroll 4
      for (int y = 0; y < rows; ++y) {
        Vec t[kOutTile];
        output_1d(half[y], t);
        float* row = out + static_cast<std::size_t>(y) * row_stride + static_cast<std::size_t>(c);
#pragma GCC unroll 4
        for (int x = 0; x < columns; ++x) {
          Vec value = t[x] + offset;
          if (use_relu) value = relu(value);
          store(row + static_cast<std::size_t>(x) * column_stride, value);
          if constexpr (kSums) {
            if (first && y == 0 && x == 0) reference = value;
            const Vec deviation = value - reference;
            sum += deviation;
            square += deviation * deviation;
          }
        }
      }
      if constexpr (kSums) {
        store(sums->reference + c, reference);
        store(sums->sum + c, sum);
        store(sums->square + c, square);
      }
    }
  }

  static void output_transform(const float* frequencies, std::size_t stride, int channels, const float* bias,
                               bool use_relu, int height, int width, float* out, std::size_t row_stride,
                               std::size_t column_stride, const BlockSums* sums, bool first) {
    const bool full = height == kOutTile && width == kOutTile;
    const auto body = sums
                          ? (full ? output_transform_body<true, true> : output_transform_body<true, false>)
                          : (full ? output_transform_body<false, true> : output_transform_body<false, false>);
    body(frequencies, stride, channels, bias, use_relu, height, width, out, row_stride, column_stride, sums,
         first);
  }

  static void accumulate(const float* x, std::size_t pixels, int channels, const BlockSums& sums,
                         bool first) {
    for (int c = 0; c < channels; c += kLanes) {
      Vec reference, sum = {}, square = {};
      if (first) {
        reference = load(x + c);
      } else {
        reference = load(sums.reference + c);
        sum = load(sums.sum + c);
        square = load(sums.square + c);
      }
      const float* value = x + c;
      for (std::size_t p = 0; p < pixels; ++p, value += channels) {
        const Vec deviation = load(value) - reference;
        sum += deviation;
        square += deviation * deviation;
      }
      store(sums.reference + c, reference);
      store(sums.sum + c, sum);
      store(sums.square + c, square);
    }
  }

  static void affine_relu(float* x, std::size_t pixels, int channels, const float* scale,
                          const float* shift) {
    for (std::size_t p = 0; p < pixels; ++p, x += channels) {
      for (int c = 0; c < channels; c += kLanes) {
        store(x + c, relu(load(x + c) * load(scale + c) + load(shift + c)));
      }
    }
  }

  static void add_affine(float* x, const float* y, std::size_t pixels, int channels, const float* scale,
                         const float* shift) {
    for (std::size_t p = 0; p < pixels; ++p, x += channels, y += channels) {
      for (int c = 0; c < channels; c += kLanes) {
        store(x + c, load(x + c) + (load(y + c) * load(scale + c) + load(shift + c)));
      }
    }
  }

  static void merge_relu(float* x, const float* y, std::size_t pixels, int channels, const float* scale,
                         const float* shift, const float* y_scale) {
    if (!y_scale) return affine_relu(x, pixels, channels, scale, shift);
    for (std::size_t p = 0; p < pixels; ++p, x += channels, y += channels) {
      for (int c = 0; c < channels; c += kLanes) {
        const Vec own = load(x + c) * load(scale + c) + load(shift + c);
        store(x + c, relu(own + load(y + c) * load(y_scale + c)));
      }
    }
  }

  static void blur_rows(const float* const* rows, std::size_t pixels, int channels, const float* scale,
                        const float* shift, float* line) {
    std::size_t at = 0;
    for (std::size_t p = 0; p < pixels; ++p) {
      for (int c = 0; c < channels; c += kLanes, at += kLanes) {
        Vec r[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
          r[i] = load(rows[i] + at);
          if (scale) r[i] = relu(r[i] * load(scale + c) + load(shift + c));
        }
        store(line + at, 0.125f * (r[0] + r[3]) + 0.375f * (r[1] + r[2]));
      }
    }
  }

  static void blur_columns(const float* line, int width, int channels, float* out) {
    const auto at = [&](int x) { return line + static_cast<std::ptrdiff_t>(x) * channels; };
    for (int x = 0; x < width; x += 2, out += channels) {
      const float* const taps[4] = {at(x == 0 ? 1 : x - 1), at(x), at(x + 1),
                                    at(x + 2 == width ? width - 2 : x + 2)};
      for (int c = 0; c < channels; c += kLanes) {
        store(out + c, 0.125f * (load(taps[0] + c) + load(taps[3] + c)) +
                           0.375f * (load(taps[1] + c) + load(taps[2] + c)));
      }
    }
  }

  static void max_pool(const float* top, const float* bottom, int width, int channels, float* out) {
    for (int x = 0; x < width; ++x, out += channels, top += 2 * channels, bottom += 2 * channels) {
      for (int c = 0; c < channels; c += kLanes) {
        const Vec upper = larger(load(top + c), load(top + channels + c));
        const Vec lower = larger(load(bottom + c), load(bottom + channels + c));
        store(out + c, larger(upper, lower));
      }
    }
  }

  /// exp(-x) = 2^n * 2^f with f in [-0.5, 0.5] and the Taylor series of 2^f = e^(f ln 2), seven terms.
  static void sigmoid(float* x, std::size_t count) {
    for (std::size_t i = 0; i < count; i += kLanes) {
      Vec t = -1.44269504f * load(x + i);
      const Vec limit = Vec{} + 120.0f;
      t = t > limit ? limit : t;
      t = t < -limit ? -limit : t;
      const Vec magic = Vec{} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
      const Vec shifted = t + magic;
      const Vec whole = shifted - magic;
      const Vec f = 0.69314718f * (t - whole);
      Vec power = 1.0f / 720.0f + f * (1.0f / 5040.0f);
      power = 1.0f / 120.0f + f * power;
      power = 1.0f / 24.0f + f * power;
      power = 1.0f / 6.0f + f * power;
      power = 0.5f + f * power;
      power = 1.0f + f * power;
      power = 1.0f + f * power;
      IntVec bits;
      __builtin_memcpy(&bits, &shifted, sizeof(bits));
      IntVec exponent = (bits - 0x4b400000 + 127) << 23;
      Vec scale;
      __builtin_memcpy(&scale, &exponent, sizeof(scale));
      store(x + i, 1.0f / (1.0f + power * scale));
    }
  }

  static constexpr Kernels table(const char* name) {
    return {.name = name,
            .panel = kPanel,
            .input_transform = input_transform,
            .multiply = multiply,
            .output_transform = output_transform,
            .accumulate = accumulate,
            .affine_relu = affine_relu,
            .add_affine = add_affine,
            .merge_relu = merge_relu,
            .blur_rows = blur_rows,
            .blur_columns = blur_columns,
            .max_pool = max_pool,
            .sigmoid = sigmoid};
  }
};

}  // namespace
}  // namespace atelier::engine::detail
