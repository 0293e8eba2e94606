#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace atelier::engine::detail {

/// How much of each pixel of a map belongs to each of several brushes: [pixels][brushes], summing to 1.
class BrushShares {
 public:
  /// others: for every brush but the first its share of each pixel of the picture, [height, width]; the first
  /// has the rest. `shrink` divides both sides; a pixel of the map gets the mean of its square. Shares that
  /// sum to more than 1 are divided by their sum.
  BrushShares(std::span<const std::span<const float>> others, int height, int width, int shrink);

  std::size_t brushes() const { return brushes_; }
  /// The shares of one pixel, brushes() numbers.
  const float* at(std::size_t pixel) const { return shares_.data() + pixel * brushes_; }

 private:
  std::size_t brushes_;
  std::vector<float> shares_;
};

/// One block of `length` numbers a brush, scales and shifts of a site; a pixel's own are their mean, weighted
/// by its shares.
struct BrushBlocks {
  std::vector<const float*> blocks;
  std::size_t length = 0;

  /// The block of a pixel: a brush's own, untouched, where it has the pixel alone; else mixed into `room`
  /// (`length` floats).
  const float* mixed(const float* shares, float* room) const;
};

}  // namespace atelier::engine::detail
