#include "atelier/engine/detail/brush_shares.h"

#include <algorithm>

namespace atelier::engine::detail {

BrushShares::BrushShares(std::span<const std::span<const float>> others, int height, int width, int shrink)
    : brushes_(others.size() + 1) {
  const auto step = static_cast<std::size_t>(shrink), row = static_cast<std::size_t>(width);
  const std::size_t rows = static_cast<std::size_t>(height) / step, columns = row / step;
  shares_.resize(rows * columns * brushes_);
  float* shares = shares_.data();
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x, shares += brushes_) {
      float total = 0;
      for (std::size_t b = 1; b < brushes_; ++b) {
        const float* corner = others[b - 1].data() + y * step * row + x * step;
        float sum = 0;
        for (std::size_t i = 0; i < step; ++i) {
          for (std::size_t j = 0; j < step; ++j) sum += corner[i * row + j];
        }
        shares[b] = sum / static_cast<float>(step * step);
        total += shares[b];
      }
      for (std::size_t b = 1; total > 1 && b < brushes_; ++b) shares[b] /= total;
      shares[0] = std::max(0.0f, 1 - total);
    }
  }
}

const float* BrushBlocks::mixed(const float* shares, float* room) const {
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (shares[b] >= 1) return blocks[b];
  }
  std::fill_n(room, length, 0.0f);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (shares[b] == 0) continue;
    const float* block = blocks[b];
    for (std::size_t i = 0; i < length; ++i) room[i] += shares[b] * block[i];
  }
  return room;
}

}  // namespace atelier::engine::detail
