#include "atelier/engine/detail/pointwise_conv.h"

#include <algorithm>

#include "atelier/engine/detail/parallel.h"

namespace atelier::engine::detail {
namespace {

constexpr std::size_t kPixelsPerBlock = 96;

}  // namespace

PointwiseConv::PointwiseConv(const Kernels& kernels, const std::vector<float>& weight, int channels)
    : kernels_(&kernels), channels_(padded_channels(channels)), weights_(packed_size(channels_, channels_)) {
  const std::size_t n = static_cast<std::size_t>(channels_), used = static_cast<std::size_t>(channels);
  std::vector<float> transposed(n * n);
  for (std::size_t out = 0; out < used; ++out) {
    for (std::size_t in = 0; in < used; ++in) transposed[in * n + out] = weight[out * used + in];
  }
  pack_panels(kernels, transposed.data(), channels_, channels_, weights_.data());
}

std::size_t PointwiseConv::scratch_floats(int threads) const {
  return static_cast<std::size_t>(threads) * kPixelsPerBlock * static_cast<std::size_t>(channels_);
}

std::optional<ChannelMoments> PointwiseConv::run(const FeatureMap& map, bool moments, float* scratch,
                                                 int threads) const {
  const std::size_t channels = static_cast<std::size_t>(channels_);
  const std::size_t blocks = (map.pixels() + kPixelsPerBlock - 1) / kPixelsPerBlock;
  std::optional<MomentsTable> table;
  if (moments) table.emplace(blocks, channels_);
  parallel_for(threads, blocks, [&](std::size_t block, int thread) {
    float* const product = scratch + static_cast<std::size_t>(thread) * kPixelsPerBlock * channels;
    float* const pixels = map.data + block * kPixelsPerBlock * channels;
    const std::size_t count = std::min(kPixelsPerBlock, map.pixels() - block * kPixelsPerBlock);
    kernels_->multiply(pixels, channels, weights_.data(), static_cast<int>(count), channels_, channels_,
                       product, channels);
    if (table) {
      kernels_->accumulate(product, count, channels_, table->block(block), true);
      table->add_count(block, count);
    }
    std::copy_n(product, count * channels, pixels);
  });
  if (!table) return std::nullopt;
  return table->join();
}

}  // namespace atelier::engine::detail
