#include "atelier/training/tuning_split.h"

#include <algorithm>
#include <numeric>

#include "atelier/core/seeded_shuffle.h"

namespace atelier::training {
namespace {

constexpr std::size_t kFewestHeldOut = 2, kMostHeldOut = 40, kMostTraining = 300;

}  // namespace

TuningSplit split_contents(std::size_t count) {
  TuningSplit split;
  const bool few = count < 4;
  for (std::size_t i = 0; i < count; ++i) {
    if (few || i % 4 != 3) split.training.push_back(i);
    if (few || i % 4 == 3) split.held_out.push_back(i);
  }
  return split;
}

TuningSplit split_works(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  seeded_shuffle(order, seed);
  const std::size_t aside = std::min(count, std::clamp(count / 5, kFewestHeldOut, kMostHeldOut));
  const std::size_t teaching = std::min(count - aside, kMostTraining);
  const auto at = [&](std::size_t i) { return order.begin() + static_cast<std::ptrdiff_t>(i); };
  return {{at(aside), at(aside + teaching)}, {at(0), at(aside)}};
}

}  // namespace atelier::training
