#include "atelier/engine/detail/tile_sources.h"

#include <algorithm>

namespace atelier::engine::detail {
namespace {

/// Where the pixel one beyond an edge is taken from. Further out only pixels lie that no output needs.
int resolved(int index, int size, Padding padding) {
  if (index >= 0 && index < size) return index;
  if (padding == Padding::Reflect) index = index < 0 ? -index : 2 * size - 2 - index;
  return std::clamp(index, 0, size - 1);
}

}  // namespace

MapSource::MapSource(const FeatureMap& map, Padding padding, ReadAffine affine)
    : map_(map), padding_(padding), affine_(affine) {}

void MapSource::locate(int y, int x, float* room, const float** pixels) const {
  const bool inside = y >= 1 && x >= 1 && y + kInTile - 1 <= map_.height && x + kInTile - 1 <= map_.width;
  if (inside) {
    for (int i = 0; i < kInTile; ++i) {
      const float* row = map_.at(y - 1 + i, x - 1);
      for (int j = 0; j < kInTile; ++j) *pixels++ = row + static_cast<std::size_t>(j * map_.channels);
    }
    return;
  }
  if (padding_ == Padding::Zero) std::fill_n(room, map_.channels, 0.0f);
  for (int i = 0; i < kInTile; ++i) {
    for (int j = 0; j < kInTile; ++j) {
      const int row = y - 1 + i, column = x - 1 + j;
      const bool outside = row < 0 || column < 0 || row >= map_.height || column >= map_.width;
      if (outside && padding_ == Padding::Zero) {
        *pixels++ = room;
      } else {
        *pixels++ = map_.at(resolved(row, map_.height, padding_), resolved(column, map_.width, padding_));
      }
    }
  }
}

void UnshuffleSource::locate(int y, int x, float* room, const float** pixels) const {
  const std::size_t stride = static_cast<std::size_t>(width_) * 2;
  const std::size_t plane = stride * static_cast<std::size_t>(height_) * 2;
  int columns[kInTile];
  for (int j = 0; j < kInTile; ++j) columns[j] = 2 * resolved(x - 1 + j, width_, Padding::Reflect);
  for (int i = 0; i < kInTile; ++i) {
    const float* top = picture_.data() +
                       static_cast<std::size_t>(2 * resolved(y - 1 + i, height_, Padding::Reflect)) * stride;
    for (int j = 0; j < kInTile; ++j, room += kChannelGroup) {
      const float* corner = top + columns[j];
      for (int c = 0; c < 3; ++c, corner += plane) {
        room[c * 4] = corner[0];
        room[c * 4 + 1] = corner[1];
        room[c * 4 + 2] = corner[stride];
        room[c * 4 + 3] = corner[stride + 1];
      }
      std::fill_n(room + 12, kChannelGroup - 12, 0.0f);
      *pixels++ = room;
    }
  }
}

StandardisedSource::StandardisedSource(std::span<const float> picture, int height, int width,
                                       const float (&mean)[3], const float (&scale)[3])
    : picture_(picture), height_(height), width_(width) {
  std::copy_n(mean, 3, mean_);
  std::copy_n(scale, 3, scale_);
}

void StandardisedSource::locate(int y, int x, float* room, const float** pixels) const {
  const std::size_t plane = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  for (int i = 0; i < kInTile; ++i) {
    for (int j = 0; j < kInTile; ++j, room += kChannelGroup) {
      std::fill_n(room, kChannelGroup, 0.0f);
      const int row = y - 1 + i, column = x - 1 + j;
      if (row >= 0 && column >= 0 && row < height_ && column < width_) {
        const float* value =
            picture_.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) + column;
        for (int c = 0; c < 3; ++c, value += plane) room[c] = (*value - mean_[c]) * scale_[c];
      }
      *pixels++ = room;
    }
  }
}

}  // namespace atelier::engine::detail
