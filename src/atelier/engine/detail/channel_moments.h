#pragma once

#include <cstddef>
#include <vector>

#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {

/// Mean and biased variance of every channel.
struct ChannelMoments {
  std::vector<double> mean, variance;
};

/// Collects the sums of blocks that several threads compute, and joins them in the blocks' order, so that the
/// result does not depend on who computed what. Sums are fp32 within a block and double between blocks (Chan
/// et al. 1979).
class MomentsTable {
 public:
  MomentsTable(std::size_t blocks, int channels);

  /// The places of one block's sums; a block belongs to one thread at a time.
  BlockSums block(std::size_t index);
  void add_count(std::size_t index, std::size_t values) { counts_[index] += values; }

  ChannelMoments join() const;

 private:
  std::size_t channels_;
  std::vector<float> sums_;  // per block: references, sums, squares
  std::vector<std::size_t> counts_;
};

}  // namespace atelier::engine::detail
