#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace atelier {

/// A strip of a Gaussian random field over the whole plane, mean 0 and variance 1 everywhere: cubic B-splines
/// (half as high as their peak over 1.45 steps) on a lattice of `step` pixels, weighted with numbers that are
/// a hash of seed and place. Strips fit together. A plain value.
class NoiseField {
 public:
  /// Columns x .. x + width - 1 of the field.
  NoiseField(std::uint64_t seed, float step, std::int64_t x, std::size_t width);

  /// values[i] += amplitude * field(x + i, y); as many values as there are columns.
  void add_row(std::int64_t y, float amplitude, std::span<float> values) const;

 private:
  static constexpr std::int64_t kTaps = 4;
  struct Place {
    std::int64_t first;               // of the neighbours on the lattice
    std::array<float, kTaps> weight;  // squares sum to 1: the variance is the same everywhere
  };
  static Place place(std::int64_t pixel, float step);

  std::uint64_t seed_;
  float step_;
  std::vector<Place> columns_;
};

/// The canvas that photos are laid on before they are painted, columns x .. x + width - 1 of it: one fixed
/// field with mean 0 and variance 1, half of it as fine as pixels and half as coarse as strokes. Even places
/// of a photo give a network nothing to place strokes by, and it fills them with a wave of its own; the
/// canvas is what it holds on to there (noise inputs as in Ulyanov et al. 2016, arXiv 1603.03417).
class Canvas {
 public:
  Canvas(std::int64_t x, std::size_t width);

  /// values[i] = canvas(x + i, y); as many values as there are columns.
  void row(std::int64_t y, std::span<float> values) const;

 private:
  NoiseField fine_, coarse_;
};

}  // namespace atelier
