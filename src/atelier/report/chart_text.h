#pragma once

#include <string>
#include <vector>

namespace atelier::report {

/// What every chart is told; width and height in CSS pixels.
struct ChartText {
  std::string title, x_label, y_label;
  int width = 680, height = 340;
};

/// Bounds of an interval around values, one pair a value; both empty: none.
struct Intervals {
  std::vector<double> low, high;

  bool empty() const { return low.empty(); }
};

}  // namespace atelier::report
