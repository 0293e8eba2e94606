#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace atelier::training {

/// Which pictures teach and which are kept aside, as indices.
struct TuningSplit {
  std::vector<std::size_t> training, held_out;
};

/// Every fourth photo is held out. Of fewer than four all take part in both, with other crops.
TuningSplit split_contents(std::size_t count);

/// A fifth of a collection's works, at least 2 and at most 40, is held out; of the others at most 300 teach:
/// ten minutes cannot look at more. Both drawn by `seed` alone.
TuningSplit split_works(std::size_t count, std::uint64_t seed);

}  // namespace atelier::training
