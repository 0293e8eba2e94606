#pragma once

#include <cstddef>
#include <vector>

#include "atelier/style/procedural/colour.h"
#include "atelier/style/procedural/outline.h"

namespace atelier::style::procedural {

/// What a medium is painted on: `width` x `height` samples, `scale` of them a unit of the scene's length.
struct Sheet {
  Sheet(int width, int height, double scale, const Colour& ground)
      : width(width),
        height(height),
        scale(scale),
        at(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), ground) {}

  int width, height;
  double scale;
  std::vector<Colour> at;

  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(std::clamp(x, 0, width - 1));
  }

  /// Asks `colour(x, y, u, v)` for every sample; u, v is its middle in the scene's lengths.
  template <typename Function>
  void paint(const Function& colour) {
    std::size_t i = 0;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x, ++i) at[i] = colour(x, y, (x + 0.5) / scale, (y + 0.5) / scale);
    }
  }

  /// A line of this width, in the scene's lengths, mixed in by `share`.
  void line(const Point& from, const Point& to, double thick, const Colour& colour, double share = 1);
  void box_blur(int radius);
};

/// The mean of each `samples` x `samples` square.
Sheet shrunk(const Sheet& sheet, int samples);

}  // namespace atelier::style::procedural
