#include "atelier/engine/detail/channel_moments.h"

#include <algorithm>

namespace atelier::engine::detail {

MomentsTable::MomentsTable(std::size_t blocks, int channels)
    : channels_(static_cast<std::size_t>(channels)), sums_(blocks * 3 * channels_), counts_(blocks) {}

BlockSums MomentsTable::block(std::size_t index) {
  float* start = sums_.data() + index * 3 * channels_;
  return {start, start + channels_, start + 2 * channels_};
}

ChannelMoments MomentsTable::join() const {
  ChannelMoments result{std::vector<double>(channels_), std::vector<double>(channels_)};
  double total = 0;
  for (std::size_t b = 0; b < counts_.size(); ++b) {
    const double count = static_cast<double>(counts_[b]);
    if (count == 0) continue;
    const float* start = sums_.data() + b * 3 * channels_;
    for (std::size_t c = 0; c < channels_; ++c) {
      const double sum = start[channels_ + c];
      const double mean = start[c] + sum / count;
      const double deviations = std::max(0.0, start[2 * channels_ + c] - sum * sum / count);
      const double step = mean - result.mean[c];
      result.mean[c] += step * count / (total + count);
      result.variance[c] += deviations + step * step * total * count / (total + count);
    }
    total += count;
  }
  for (double& variance : result.variance) variance /= std::max(total, 1.0);
  return result;
}

}  // namespace atelier::engine::detail
