#include "atelier/style/procedural/outline.h"

#include <algorithm>
#include <cmath>

namespace atelier::style::procedural {
namespace {

constexpr double kTurn = 2 * kPi;

Point between_points(const Point& a, const Point& b, const Point& c, const Point& d, double t) {
  const auto one = [t](double p, double q, double r, double s) {
    return 0.5 *
           (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t * t * t);
  };
  return {one(a.x, b.x, c.x, d.x), one(a.y, b.y, c.y, d.y)};
}

}  // namespace

Outline box(double x, double y, double width, double height) {
  return {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
}

Outline ellipse(double x, double y, double rx, double ry, double turned) {
  constexpr int kSides = 56;
  Outline outline;
  for (int i = 0; i < kSides; ++i) {
    const double angle = kTurn * i / kSides, u = rx * std::cos(angle), v = ry * std::sin(angle);
    outline.push_back(
        {x + u * std::cos(turned) - v * std::sin(turned), y + u * std::sin(turned) + v * std::cos(turned)});
  }
  return outline;
}

Outline blob(Dice& dice, double x, double y, double rx, double ry, double rough) {
  constexpr int kSides = 72;
  const double phases[] = {dice.between(0, kTurn), dice.between(0, kTurn), dice.between(0, kTurn),
                           dice.between(0, kTurn)};
  Outline outline;
  for (int i = 0; i < kSides; ++i) {
    const double angle = kTurn * i / kSides;
    const double wave = 0.4 * std::sin(2 * angle + phases[0]) + 0.3 * std::sin(3 * angle + phases[1]) +
                        0.3 * std::sin(5 * angle + phases[2]) + 0.2 * std::sin(9 * angle + phases[3]);
    const double radius = 1 + rough * wave;
    outline.push_back({x + rx * radius * std::cos(angle), y + ry * radius * std::sin(angle)});
  }
  return outline;
}

Outline smooth(const Outline& through) {
  constexpr int kPieces = 9;
  const std::size_t n = through.size();
  Outline outline;
  for (std::size_t i = 0; i < n; ++i) {
    for (int k = 0; k < kPieces; ++k) {
      outline.push_back(between_points(through[(i + n - 1) % n], through[i], through[(i + 1) % n],
                                       through[(i + 2) % n], static_cast<double>(k) / kPieces));
    }
  }
  return outline;
}

Outline curve(const Outline& through) {
  constexpr int kPieces = 10;
  const std::size_t n = through.size();
  Outline line;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    for (int k = 0; k < kPieces; ++k) {
      line.push_back(between_points(through[i == 0 ? 0 : i - 1], through[i], through[i + 1],
                                    through[std::min(i + 2, n - 1)], static_cast<double>(k) / kPieces));
    }
  }
  line.push_back(through.back());
  return line;
}

Outline ribbon(const Outline& line, double begin, double end) {
  Outline left, right;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Point& before = line[i == 0 ? 0 : i - 1];
    const Point& after = line[std::min(i + 1, line.size() - 1)];
    const double dx = after.x - before.x, dy = after.y - before.y,
                 length = std::max(1e-9, std::hypot(dx, dy));
    const double t = static_cast<double>(i) / static_cast<double>(line.size() - 1);
    const double half = (begin + (end - begin) * t) / 2;
    left.push_back({line[i].x - dy / length * half, line[i].y + dx / length * half});
    right.push_back({line[i].x + dy / length * half, line[i].y - dx / length * half});
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  return left;
}

Ridge Ridge::rolling(Dice& dice, double width, double y, double height, int waves) {
  constexpr int kSteps = 120;
  const double phases[] = {dice.between(0, kTurn), dice.between(0, kTurn), dice.between(0, kTurn)};
  Outline line;
  for (int i = 0; i <= kSteps; ++i) {
    const double t = static_cast<double>(i) / kSteps, angle = kTurn * waves * t;
    const double wave = 0.6 * std::sin(angle + phases[0]) + 0.3 * std::sin(1.7 * angle + phases[1]) +
                        0.1 * std::sin(4.3 * angle + phases[2]);
    line.push_back({(1.04 * t - 0.02) * width, y + height / 2 * wave});
  }
  return Ridge(std::move(line));
}

Ridge Ridge::peaked(Dice& dice, double width, double y, double height, int peaks) {
  Outline line;
  const double step = 1.1 * width / peaks;
  double x = -0.05 * width - step * dice.between(0, 0.5);
  for (int i = 0; i <= peaks + 1; ++i) {
    line.push_back({x, y + height * dice.between(0.25, 0.5)});
    const double top = y - height * dice.between(0.05, 0.5), rise = step * dice.between(0.4, 0.6);
    line.push_back({x + rise * 0.55, y + (top - y) * dice.between(0.3, 0.5)});
    line.push_back({x + rise, top});
    line.push_back({x + rise + (step - rise) * 0.4, y + (top - y) * dice.between(0.35, 0.6)});
    x += step;
  }
  return Ridge(std::move(line));
}

double Ridge::at(double x) const {
  for (std::size_t i = 1; i < line_.size(); ++i) {
    if (x > line_[i].x) continue;
    const double span = std::max(1e-9, line_[i].x - line_[i - 1].x);
    return line_[i - 1].y + (line_[i].y - line_[i - 1].y) * std::clamp((x - line_[i - 1].x) / span, 0.0, 1.0);
  }
  return line_.back().y;
}

Outline Ridge::land(double bottom) const {
  Outline outline = line_;
  outline.push_back({line_.back().x, bottom});
  outline.push_back({line_.front().x, bottom});
  return outline;
}

Outline Ridge::strip(double from, double to, double bottom, double lean) const {
  constexpr int kSteps = 16;
  Outline outline;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = from + (to - from) * i / kSteps;
    outline.push_back({x, at(x)});
  }
  outline.push_back({to + lean, bottom});
  outline.push_back({from - lean, bottom});
  return outline;
}

}  // namespace atelier::style::procedural
