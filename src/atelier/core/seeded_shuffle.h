#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace atelier {

/// Fisher-Yates, the same order on every machine (std::shuffle leaves that open).
template <typename T>
void seeded_shuffle(std::vector<T>& values, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
}

}  // namespace atelier
