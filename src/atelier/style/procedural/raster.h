#pragma once

#include <cstddef>
#include <vector>

#include "atelier/style/procedural/scene.h"

namespace atelier::style::procedural {

/// A scene on a grid of samples: which shape is seen where, and in which colour.
class Raster {
 public:
  Raster(const Scene& scene, int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  double scale() const { return scale_; }  ///< samples a unit of length
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(std::clamp(y, 0, height_ - 1)) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(std::clamp(x, 0, width_ - 1));
  }
  /// Of a place in the scene's lengths.
  std::size_t index_at(double u, double v) const {
    return index(static_cast<int>(u * scale_), static_cast<int>(v * scale_));
  }

  /// The shape's number, its colour with shading, and how far it is from lit (0) to shaded (1).
  const std::vector<int>& shape() const { return shape_; }
  const std::vector<Colour>& colour() const { return colour_; }
  const std::vector<float>& shading() const { return shading_; }

 private:
  int width_, height_;
  double scale_;
  std::vector<int> shape_;
  std::vector<Colour> colour_;
  std::vector<float> shading_;
};

/// How far each sample is from the next border between unequal labels, in samples. Felzenszwalb,
/// Huttenlocher: Distance transforms of sampled functions, 2012.
std::vector<float> border_distance(const std::vector<int>& labels, int width, int height);

/// Darkness of the scene for media of one ink: 0 dark, 1 light, spread over the whole range.
std::vector<float> spread_tones(const Raster& raster);

/// The scene without shapes that are smaller than `area`, square lengths.
Scene without_small_shapes(Scene scene, double area);

}  // namespace atelier::style::procedural
