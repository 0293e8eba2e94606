#pragma once

#include <string>
#include <vector>

namespace atelier::report {

/// Round numbers (1, 2 or 5 times a power of ten) from at or below `low` to at or above `high`, about `count`
/// of them. Equal or reversed bounds are widened first.
std::vector<double> nice_ticks(double low, double high, int count);
/// The powers of ten from at or below `low` to at or above `high`; both above 0.
std::vector<double> decade_ticks(double low, double high);
/// The number with as many digits as its tick distance needs.
std::string tick_text(double value, double distance);

/// Smallest and largest of the finite numbers seen.
class Range {
 public:
  void include(double value);
  bool empty() const { return low_ > high_; }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double low_ = 1, high_ = 0;
};

/// From numbers to pixels along one direction.
class Axis {
 public:
  /// `from` is the pixel of the first tick, `to` of the last.
  Axis(std::vector<double> ticks, double from, double to, bool logarithmic = false);

  double at(double value) const;
  const std::vector<double>& ticks() const { return ticks_; }
  std::string text(double tick) const;

 private:
  std::vector<double> ticks_;
  double from_, to_;
  bool logarithmic_;
};

}  // namespace atelier::report
