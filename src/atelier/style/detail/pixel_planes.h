#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace atelier::style::detail {

/// One number a pixel, row by row.
struct Plane {
  int height = 0, width = 0;
  std::vector<float> values;

  Plane() = default;
  Plane(int h, int w)
      : height(h), width(w), values(static_cast<std::size_t>(h) * static_cast<std::size_t>(w)) {}
  float& at(int y, int x) { return values[index(y, x)]; }
  float at(int y, int x) const { return values[index(y, x)]; }

 private:
  std::size_t index(int y, int x) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }
};

/// The plane at another size: the mean of the area each new pixel covers when shrinking, bilinear when
/// enlarging.
Plane resample(const Plane& plane, int height, int width);

/// CIE Lab (D65, sRGB primaries) of planar sRGB in [0,1]; values outside are clamped.
std::array<Plane, 3> to_lab(const std::array<Plane, 3>& rgb);

/// Gaussian of `sigma` pixels, edges mirrored.
Plane blur(const Plane& plane, double sigma);

/// Central differences in x and y, one-sided at the edges.
struct Gradient {
  Plane dx, dy;
};
Gradient gradient(const Plane& plane);

/// Minimum (or maximum) over the (2 radius + 1)^2 square around each pixel.
Plane erode(const Plane& plane, int radius);
Plane dilate(const Plane& plane, int radius);

/// A rectangle of pixels [y0, y1) x [x0, x1).
struct Block {
  int y0 = 0, y1 = 0, x0 = 0, x1 = 0;
};
/// The plane in near-equal blocks of about `side`, at least one.
std::vector<Block> blocks_of(const Plane& plane, int side);

}  // namespace atelier::style::detail
