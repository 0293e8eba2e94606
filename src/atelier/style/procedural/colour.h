#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace atelier::style::procedural {

/// sRGB, 0..1 each.
struct Colour {
  float r = 0, g = 0, b = 0;
};

inline Colour rgb(std::uint32_t hex) {
  return {static_cast<float>(hex >> 16 & 255) / 255, static_cast<float>(hex >> 8 & 255) / 255,
          static_cast<float>(hex & 255) / 255};
}

inline Colour operator*(const Colour& c, double by) {
  const auto f = static_cast<float>(by);
  return {c.r * f, c.g * f, c.b * f};
}

inline Colour operator+(const Colour& a, const Colour& b) {
  return {a.r + b.r, a.g + b.g, a.b + b.b};
}

/// One laid over the other as transparent ink.
inline Colour multiply(const Colour& a, const Colour& b) {
  return {a.r * b.r, a.g * b.g, a.b * b.b};
}

inline Colour mix(const Colour& a, const Colour& b, double t) {
  const auto f = static_cast<float>(t);
  return {a.r + (b.r - a.r) * f, a.g + (b.g - a.g) * f, a.b + (b.b - a.b) * f};
}

inline double luma(const Colour& c) {
  return 0.299 * c.r + 0.587 * c.g + 0.114 * c.b;
}

inline Colour clamped(const Colour& c) {
  return {std::clamp(c.r, 0.0f, 1.0f), std::clamp(c.g, 0.0f, 1.0f), std::clamp(c.b, 0.0f, 1.0f)};
}

/// 0: grey of the same brightness, 1: as it is, above: more vivid.
inline Colour saturated(const Colour& c, double by) {
  const auto grey = static_cast<float>(luma(c));
  return clamped(mix({grey, grey, grey}, c, by));
}

inline double squared_distance(const Colour& a, const Colour& b) {
  const double r = a.r - b.r, g = a.g - b.g, blue = a.b - b.b;
  return 2 * r * r + 4 * g * g + 3 * blue * blue;
}

/// 0 below `from`, 1 above `to`, smooth between.
inline double rises(double value, double from, double to) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

}  // namespace atelier::style::procedural
