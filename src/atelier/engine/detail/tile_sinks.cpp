#include "atelier/engine/detail/tile_sinks.h"

namespace atelier::engine::detail {

void MapSink::store(const Kernels& kernels, const OutputTile& tile, float*) const {
  kernels.output_transform(tile.frequencies, tile.stride, map_.channels, bias_, relu_, tile.height,
                           tile.width, map_.at(tile.y, tile.x), map_.row_floats(),
                           static_cast<std::size_t>(map_.channels), tile.sums, tile.first);
}

void ShuffleSink::store(const Kernels& kernels, const OutputTile& tile, float*) const {
  for (int phase = 0; phase < 4; ++phase) {
    kernels.output_transform(tile.frequencies + static_cast<std::size_t>(phase * map_.channels), tile.stride,
                             map_.channels, nullptr, false, tile.height, tile.width,
                             map_.at(2 * tile.y + phase / 2, 2 * tile.x + phase % 2), 2 * map_.row_floats(),
                             2 * static_cast<std::size_t>(map_.channels), tile.sums,
                             tile.first && phase == 0);
  }
}

void PoolSink::store(const Kernels& kernels, const OutputTile& tile, float* room) const {
  const std::size_t column = static_cast<std::size_t>(map_.channels);
  const std::size_t row = column * kOutTile;
  kernels.output_transform(tile.frequencies, tile.stride, map_.channels, bias_, true, tile.height, tile.width,
                           room, row, column, tile.sums, tile.first);
  for (int y = 0; y + 1 < tile.height; y += 2) {
    const float* top = room + static_cast<std::size_t>(y) * row;
    kernels.max_pool(top, top + row, tile.width / 2, map_.channels, map_.at((tile.y + y) / 2, tile.x / 2));
  }
}

void PaintingSink::store(const Kernels& kernels, const OutputTile& tile, float* room) const {
  constexpr int kColumn = padded_channels(12);
  constexpr int kRow = kColumn * kOutTile;
  kernels.output_transform(tile.frequencies, tile.stride, kColumn, bias_, false, kOutTile, kOutTile, room,
                           kRow, kColumn, nullptr, false);
  kernels.sigmoid(room, kRow * kOutTile);
  const std::size_t stride = static_cast<std::size_t>(width_);
  const std::size_t plane = stride * static_cast<std::size_t>(height_);
  for (int channel = 0; channel < 12; channel += 2) {
    const int dy = channel / 2 % 2;
    float* out = painting_.data() + static_cast<std::size_t>(channel / 4) * plane +
                 static_cast<std::size_t>(2 * tile.y + dy) * stride + static_cast<std::size_t>(2 * tile.x);
    for (int y = 0; y < tile.height; ++y, out += 2 * stride) {
      const float* from = room + y * kRow + channel;
      for (int x = 0; x < tile.width; ++x, from += kColumn) {
        out[2 * x] = from[0];
        out[2 * x + 1] = from[1];
      }
    }
  }
}

}  // namespace atelier::engine::detail
