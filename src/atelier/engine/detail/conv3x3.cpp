#include "atelier/engine/detail/conv3x3.h"

#include <algorithm>

#include "atelier/engine/detail/parallel.h"

namespace atelier::engine::detail {
namespace {

/// Tiles that share one row of moments.
constexpr int kTilesPerSum = 8;
/// Both transformed blocks of a thread together; measured: more of them spill out of a 512 KiB L2, fewer read
/// the weights too often.
constexpr std::size_t kBlockFloats = 320 * 1024;
constexpr int kMostTiles = 96;
/// Keeps the 36 planes of a block from falling onto the same cache sets.
constexpr std::size_t kSkew = 16;

constexpr double kWeightTransform[kInTile][3] = {{1.0 / 4, 0, 0},
                                                 {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                                 {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                                 {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                                 {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                                 {0, 0, 1}};

int divided_up(int value, int unit) {
  return (value + unit - 1) / unit;
}

}  // namespace

Conv3x3::Conv3x3(const Kernels& kernels, const std::vector<double>& weight, int groups, int out, int in)
    : kernels_(&kernels), in_(in), out_(groups * padded_channels(out)) {
  const std::size_t plane = packed_size(in_, out_);
  weights_ = AlignedBuffer(kFrequencies * plane);
  std::vector<float> transformed(kFrequencies * plane);
  // Outputs innermost, so that the 36 planes are written in rows.
  for (int i = 0; i < in; ++i) {
    for (int group = 0; group < groups; ++group) {
      for (int o = 0; o < out; ++o) {
        const double* kernel = weight.data() + static_cast<std::size_t>((group * out + o) * in + i) * 9;
        double half[kInTile][3];
        for (int f = 0; f < kInTile; ++f) {
          for (int x = 0; x < 3; ++x) {
            half[f][x] = 0;
            for (int y = 0; y < 3; ++y) half[f][x] += kWeightTransform[f][y] * kernel[y * 3 + x];
          }
        }
        float* to = transformed.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(out_) +
                    static_cast<std::size_t>(group * padded_channels(out) + o);
        for (int fy = 0; fy < kInTile; ++fy) {
          for (int fx = 0; fx < kInTile; ++fx, to += plane) {
            double value = 0;
            for (int x = 0; x < 3; ++x) value += half[fy][x] * kWeightTransform[fx][x];
            *to = static_cast<float>(value);
          }
        }
      }
    }
  }
  for (std::size_t f = 0; f < kFrequencies; ++f) {
    pack_panels(kernels, transformed.data() + f * plane, in_, out_, weights_.data() + f * plane);
  }
}

Conv3x3::Conv3x3(const Kernels& kernels, const std::vector<float>& weight, int out, int in)
    : Conv3x3(kernels, std::vector<double>(weight.begin(), weight.end()), 1, out, in) {}

Conv3x3 Conv3x3::upsampling(const Kernels& kernels, const std::vector<float>& weight, int out, int in) {
  // Row k of phase p: the small pixels (-1, 0, +1) that the k-th doubled pixel under the filter is made of.
  constexpr double kTaps[2][3][3] = {{{.75, .25, 0}, {.25, .75, 0}, {0, .75, .25}},
                                     {{.25, .75, 0}, {0, .75, .25}, {0, .25, .75}}};
  std::vector<double> phases(4 * weight.size());
  double* to = phases.data();
  for (int dy = 0; dy < 2; ++dy) {
    for (int dx = 0; dx < 2; ++dx) {
      for (const float* kernel = weight.data(); kernel != weight.data() + weight.size();
           kernel += 9, to += 9) {
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 3; ++x) {
            for (int v = 0; v < 3; ++v) {
              for (int u = 0; u < 3; ++u)
                to[v * 3 + u] += kernel[y * 3 + x] * kTaps[dy][y][v] * kTaps[dx][x][u];
            }
          }
        }
      }
    }
  }
  return Conv3x3(kernels, phases, 4, out, in);
}

int Conv3x3::tiles_per_block(std::size_t tiles, int threads) const {
  const std::size_t channels = static_cast<std::size_t>(padded_channels(in_) + out_);
  const std::size_t most =
      std::clamp<std::size_t>(kBlockFloats / (kFrequencies * channels), kTilesPerSum, kMostTiles);
  const std::size_t team = static_cast<std::size_t>(threads);
  // As many blocks for every thread, as even as can be.
  const std::size_t rounds = std::max<std::size_t>(1, (tiles + most * team - 1) / (most * team));
  const std::size_t even = (tiles + rounds * team - 1) / (rounds * team);
  return static_cast<int>((even + kTilesPerSum - 1) / kTilesPerSum * kTilesPerSum);
}

std::size_t Conv3x3::thread_floats(int tiles) const {
  const std::size_t in = static_cast<std::size_t>(padded_channels(in_));
  const std::size_t out = static_cast<std::size_t>(out_);
  return kFrequencies * (static_cast<std::size_t>(tiles) * (in + out) + 2 * kSkew) + kFrequencies * in +
         kOutTile * kOutTile * out;
}

std::size_t Conv3x3::scratch_floats(int height, int width, int threads) const {
  const int tiles = divided_up(height, kOutTile) * divided_up(width, kOutTile);
  return static_cast<std::size_t>(threads) *
         thread_floats(tiles_per_block(static_cast<std::size_t>(tiles), threads));
}

std::optional<ChannelMoments> Conv3x3::run(const TileSource& source, const TileSink& sink, bool moments,
                                           float* scratch, int threads) const {
  const int in = source.channels();
  const int tile_columns = divided_up(source.width(), kOutTile);
  const std::size_t tiles = static_cast<std::size_t>(divided_up(source.height(), kOutTile)) *
                            static_cast<std::size_t>(tile_columns);
  const std::size_t per_block = static_cast<std::size_t>(tiles_per_block(tiles, threads));
  const std::size_t blocks = (tiles + per_block - 1) / per_block;
  const std::size_t in_plane = per_block * static_cast<std::size_t>(in) + kSkew;
  const std::size_t out_plane = per_block * static_cast<std::size_t>(out_) + kSkew;
  const std::size_t weight_plane = packed_size(in_, out_);
  const ReadAffine affine = source.affine();

  std::optional<MomentsTable> table;
  if (moments) table.emplace((tiles + kTilesPerSum - 1) / kTilesPerSum, sink.channels());

  parallel_for(threads, blocks, [&](std::size_t block, int thread) {
    float* const transformed =
        scratch + static_cast<std::size_t>(thread) * thread_floats(static_cast<int>(per_block));
    float* const product = transformed + kFrequencies * in_plane;
    float* const room = product + kFrequencies * out_plane;
    const std::size_t begin = block * per_block;
    const std::size_t end = std::min(tiles, begin + per_block);
    const auto corner = [&](std::size_t tile, int& y, int& x) {
      y = static_cast<int>(tile / static_cast<std::size_t>(tile_columns)) * kOutTile;
      x = static_cast<int>(tile % static_cast<std::size_t>(tile_columns)) * kOutTile;
    };

    for (std::size_t tile = begin; tile < end; ++tile) {
      int y, x;
      corner(tile, y, x);
      const float* pixels[kFrequencies];
      source.locate(y, x, room, pixels);
      kernels_->input_transform(pixels, in, affine.scale, affine.shift,
                                transformed + (tile - begin) * static_cast<std::size_t>(in), in_plane);
    }
    for (std::size_t f = 0; f < kFrequencies; ++f) {
      kernels_->multiply(transformed + f * in_plane, static_cast<std::size_t>(in),
                         weights_.data() + f * weight_plane, static_cast<int>(end - begin), in_, out_,
                         product + f * out_plane, static_cast<std::size_t>(out_));
    }
    for (std::size_t tile = begin; tile < end; ++tile) {
      OutputTile out{
          product + (tile - begin) * static_cast<std::size_t>(out_), out_plane, 0, 0, 0, 0, nullptr, false};
      corner(tile, out.y, out.x);
      out.height = std::min(kOutTile, source.height() - out.y);
      out.width = std::min(kOutTile, source.width() - out.x);
      BlockSums sums;
      if (table) {
        const std::size_t row = tile / kTilesPerSum;
        sums = table->block(row);
        out.sums = &sums;
        out.first = tile % kTilesPerSum == 0;
        table->add_count(row, static_cast<std::size_t>(out.height * out.width * sink.values_per_pixel()));
      }
      sink.store(*kernels_, out, room);
    }
  });
  if (!table) return std::nullopt;
  return table->join();
}

}  // namespace atelier::engine::detail
