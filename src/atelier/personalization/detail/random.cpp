#include "atelier/personalization/detail/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace atelier::personalization::detail {

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

double normal(std::mt19937_64& random) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * uniform(random));
}

std::size_t below(std::mt19937_64& random, std::size_t count) {
  return std::min(count - 1, static_cast<std::size_t>(uniform(random) * static_cast<double>(count)));
}

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  // The finaliser of SplitMix64.
  std::uint64_t x = a + 0x9e3779b97f4a7c15U * (b + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

}  // namespace atelier::personalization::detail
