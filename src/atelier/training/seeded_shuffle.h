#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace atelier::training {

/// Fisher-Yates from the front, in the same order on every machine (std::shuffle leaves that open).
template <typename T>
void seeded_shuffle(std::vector<T>& values, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    std::swap(values[i], values[i + random() % (values.size() - i)]);
}

}  // namespace atelier::training
