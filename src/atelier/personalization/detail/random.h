#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace atelier::personalization::detail {

/// The same numbers from the same generator with every standard library, unlike std::normal_distribution.
double uniform(std::mt19937_64& random);                        ///< [0, 1)
double normal(std::mt19937_64& random);                         ///< mean 0, sd 1
std::size_t below(std::mt19937_64& random, std::size_t count);  ///< 0..count-1

/// A well mixed number of two.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b);

}  // namespace atelier::personalization::detail
