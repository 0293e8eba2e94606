#include "atelier/style/procedural/dice.h"

#include <cmath>

namespace atelier::style::procedural {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
std::uint64_t Dice::next() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double Dice::unit() {
  return static_cast<double>(next() >> 11) * 0x1p-53;
}

Dice Dice::fork(std::uint64_t tag) const {
  Dice other(state_ ^ (tag * 0xd1342543de82ef95u));
  other.next();
  return other;
}

double speckle(int x, int y, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9e3779b1u ^
                    static_cast<std::uint32_t>(y) * 0x85ebca77u ^ seed * 0xc2b2ae3du;
  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return static_cast<double>((h ^ (h >> 15)) >> 8) / 16777216.0;
}

double noise(double x, double y, std::uint32_t seed) {
  const double fx = std::floor(x), fy = std::floor(y);
  const int ix = static_cast<int>(fx), iy = static_cast<int>(fy);
  const double tx = x - fx, ty = y - fy;
  const double u = tx * tx * (3 - 2 * tx), v = ty * ty * (3 - 2 * ty);
  const double top = speckle(ix, iy, seed) * (1 - u) + speckle(ix + 1, iy, seed) * u;
  const double bottom = speckle(ix, iy + 1, seed) * (1 - u) + speckle(ix + 1, iy + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

double clouds(double x, double y, std::uint32_t seed, int octaves) {
  double sum = 0, weight = 0, part = 1;
  for (int i = 0; i < octaves; ++i, part /= 2) {
    sum += part * noise(x, y, seed + static_cast<std::uint32_t>(i) * 101u);
    weight += part;
    // Turned a little, so that the lattices do not add up to a visible grid.
    const double turned = 1.62 * x + 1.18 * y + 3.7;
    y = 1.62 * y - 1.18 * x + 1.3;
    x = turned;
  }
  return sum / weight;
}

}  // namespace atelier::style::procedural
