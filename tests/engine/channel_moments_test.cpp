#include "atelier/engine/detail/channel_moments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "atelier/engine/detail/arena.h"
#include "engine/reference_networks.h"

namespace atelier::engine::detail {
namespace {

TEST(MomentsTable, JoinsBlocksOfDifferentSizes) {
  constexpr int kChannels = 16;
  const std::size_t sizes[] = {7, 1, 30};
  const std::vector<float> values = test::random_floats(38 * kChannels, -1, 3, 5);
  AlignedBuffer aligned(values.size());
  std::copy(values.begin(), values.end(), aligned.data());
  MomentsTable table(3, kChannels);
  const float* at = aligned.data();
  for (std::size_t b = 0; b < 3; ++b) {
    best_kernels().accumulate(at, sizes[b], kChannels, table.block(b), true);
    table.add_count(b, sizes[b]);
    at += sizes[b] * kChannels;
  }
  const ChannelMoments joined = table.join();
  for (std::size_t c = 0; c < kChannels; ++c) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < 38; ++i) mean += values[i * kChannels + c] / 38;
    for (std::size_t i = 0; i < 38; ++i) {
      variance += (values[i * kChannels + c] - mean) * (values[i * kChannels + c] - mean) / 38;
    }
    EXPECT_NEAR(joined.mean[c], mean, 5e-6);
    EXPECT_NEAR(joined.variance[c], variance, 5e-6);
  }
}

TEST(MomentsTable, LosesNoDigitsToALargeMean) {
  AlignedBuffer values(1000 * 16);
  for (std::size_t i = 0; i < 1000 * 16; ++i)
    values.data()[i] = 4096.0f + static_cast<float>(i / 16 % 2) * 0.01f;
  MomentsTable table(1, 16);
  best_kernels().accumulate(values.data(), 1000, 16, table.block(0), true);
  table.add_count(0, 1000);
  const double step = static_cast<double>(4096.01f) - 4096;
  EXPECT_NEAR(table.join().variance[3], step * step / 4, 1e-9);
}

TEST(MomentsTable, FindsNoVarianceInAFlatPicture) {
  AlignedBuffer values(1000 * 16);
  std::fill_n(values.data(), 1000 * 16, 0.1f);
  MomentsTable table(1, 16);
  best_kernels().accumulate(values.data(), 1000, 16, table.block(0), true);
  table.add_count(0, 1000);
  EXPECT_EQ(table.join().variance[0], 0);
}

}  // namespace
}  // namespace atelier::engine::detail
