#pragma once

#include <numbers>
#include <vector>

#include "atelier/style/procedural/dice.h"

namespace atelier::style::procedural {

inline constexpr double kPi = std::numbers::pi;

/// Lengths of scenes are shares of the picture's short side; y grows downwards.
struct Point {
  double x = 0, y = 0;
};

/// A closed polygon.
using Outline = std::vector<Point>;

Outline box(double x, double y, double width, double height);
Outline ellipse(double x, double y, double rx, double ry, double turned = 0);
/// An ellipse by hand: `rough` 0.1 wavers, 0.4 is a cloud.
Outline blob(Dice& dice, double x, double y, double rx, double ry, double rough);
/// A closed curve through the points (Catmull-Rom).
Outline smooth(const Outline& through);
/// A band along an open line, whose width goes from `begin` to `end`.
Outline ribbon(const Outline& line, double begin, double end);
/// An open line smoothed (Catmull-Rom).
Outline curve(const Outline& through);

/// A skyline from 0 to `width`, height y at x.
class Ridge {
 public:
  /// Rolling hills around `y`, `height` from the lowest to the highest at most.
  static Ridge rolling(Dice& dice, double width, double y, double height, int waves);
  /// Mountains with `peaks` sharp tops.
  static Ridge peaked(Dice& dice, double width, double y, double height, int peaks);

  double at(double x) const;
  const Outline& line() const { return line_; }
  /// The land below it, down to `bottom`.
  Outline land(double bottom) const;
  /// The part of the land between two places, whose sides lean outwards by `lean` on the way down.
  Outline strip(double from, double to, double bottom, double lean) const;

 private:
  explicit Ridge(Outline line) : line_(std::move(line)) {}

  Outline line_;
};

}  // namespace atelier::style::procedural
