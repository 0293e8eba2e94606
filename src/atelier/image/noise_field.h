#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

/// A Gaussian random field over the whole plane, mean 0 and variance 1 everywhere: cubic B-splines (half as
/// high as their peak over 1.45 steps) on a lattice of `step` pixels, weighted with numbers that are a hash
/// of seed and place. Any piece of it can be had alone, and pieces fit together. A plain value.
class NoiseField {
 public:
  NoiseField(std::uint64_t seed, float step) : seed_(seed), step_(step) {}

  /// values[i] += amplitude * field(x + i, y).
  void add_row(std::int64_t x, std::int64_t y, float amplitude, std::span<float> values) const;

 private:
  std::uint64_t seed_;
  float step_;
};

/// The canvas that photos are laid on before they are painted: [height, width] values of one fixed field with
/// mean 0 and variance 1, half of it as fine as pixels and half as coarse as strokes, from (x, y) on. Even
/// places of a photo give a network nothing to place strokes by, and it fills them with a wave of its own;
/// the canvas is what it holds on to there (noise inputs as in Ulyanov et al. 2016, arXiv 1603.03417).
std::vector<float> canvas_noise(std::int64_t x, std::int64_t y, int width, int height);

}  // namespace atelier
