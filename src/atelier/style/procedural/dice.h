#pragma once

#include <cstdint>

namespace atelier::style::procedural {

/// Random numbers that are the same on every machine, unlike the distributions of the standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  double unit();  ///< [0, 1)
  double between(double from, double to) { return from + (to - from) * unit(); }
  int below(int count) { return static_cast<int>(unit() * count); }
  bool chance(double probability) { return unit() < probability; }
  /// Another stream that does not disturb this one's later numbers.
  Dice fork(std::uint64_t tag) const;

 private:
  std::uint64_t state_;
};

/// A number in [0, 1) that belongs to a place.
double speckle(int x, int y, std::uint32_t seed);
/// The same, smooth between whole places.
double noise(double x, double y, std::uint32_t seed);
/// Sum of `octaves` noises, each twice as fine and half as strong; 0..1, mostly 0.25..0.75.
double clouds(double x, double y, std::uint32_t seed, int octaves = 4);

}  // namespace atelier::style::procedural
