#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace atelier::detection {

/// A grey picture as sums over everything above and to the left (Crow 1984), so that the sum of any rectangle
/// takes four look-ups.
class IntegralImage {
 public:
  /// grey: width x height, row by row; at most 16 million pixels, so that sums fit.
  IntegralImage(std::span<const std::uint8_t> grey, int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  double sum(int x, int y, int width, int height) const { return over(sums_, x, y, width, height); }
  double squares(int x, int y, int width, int height) const { return over(squares_, x, y, width, height); }

 private:
  template <typename Number>
  double over(const std::vector<Number>& sums, int x, int y, int width, int height) const {
    const std::size_t stride = static_cast<std::size_t>(width_) + 1;
    const std::size_t top = static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x);
    const std::size_t bottom = top + static_cast<std::size_t>(height) * stride;
    const auto w = static_cast<std::size_t>(width);
    return static_cast<double>(sums[bottom + w] - sums[bottom] - sums[top + w] + sums[top]);
  }

  int width_, height_;
  std::vector<std::uint32_t> sums_;
  std::vector<std::uint64_t> squares_;
};

/// A boosted cascade of Haar-like features on a window (Viola & Jones 2001; with trees, Lienhart et al.
/// 2003), in the format that OpenCV trains and publishes. Immutable.
class Cascade {
 public:
  /// Errors: NoInput when the file cannot be read, BadData "cascade.format" when it is no cascade of upright
  /// Haar features.
  static Cascade read(const std::filesystem::path& xml);

  int width() const { return width_; }  ///< of the window, pixels
  int height() const { return height_; }
  /// Whether the window with its upper left corner at (x, y), which must lie inside, passes every stage.
  /// Windows with a standard deviation below 10 grey levels never do.
  bool accepts(const IntegralImage& picture, int x, int y) const;

 private:
  struct Rectangle {
    int x, y, width, height;
    double weight;
  };
  struct Feature {
    std::array<Rectangle, 3> rectangles;
    int count;
  };
  struct Node {
    int left, right;  ///< above 0 another node of the tree, else a leaf, negated
    int feature;
    double threshold;
  };
  struct Tree {
    std::size_t nodes, leaves;  ///< where its own begin
  };
  struct Stage {
    std::size_t first, last;  ///< of trees_
    double threshold;
  };

  double value(const Feature& feature, const IntegralImage& picture, int x, int y) const;

  int width_ = 0, height_ = 0;
  std::vector<Feature> features_;
  std::vector<Node> nodes_;
  std::vector<double> leaves_;
  std::vector<Tree> trees_;
  std::vector<Stage> stages_;
};

}  // namespace atelier::detection
