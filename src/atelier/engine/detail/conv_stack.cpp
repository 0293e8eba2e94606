#include "atelier/engine/detail/conv_stack.h"

#include <algorithm>

#include "atelier/engine/detail/tile_sinks.h"

namespace atelier::engine::detail {

void ConvStack::add(const std::vector<float>& weight, const std::vector<float>& bias, int in,
                    LayerOptions options) {
  const auto out = static_cast<int>(bias.size());
  Layer layer{Conv3x3(best_kernels(), weight, out, in),
              AlignedBuffer(static_cast<std::size_t>(padded_channels(out))), options};
  std::fill_n(layer.bias.data(), layer.bias.size(), 0.0f);
  std::copy(bias.begin(), bias.end(), layer.bias.data());
  layers_.push_back(std::move(layer));
}

FeatureMap ConvStack::output(const Layer& layer, int height, int width) const {
  const int shrink = layer.options.pools ? 2 : 1;
  return {nullptr, height / shrink, width / shrink, layer.conv.out_channels()};
}

void ConvStack::run(const TileSource& picture, const Visitor& visit) const {
  // Two places that the layers use in turn.
  std::size_t places[2] = {0, 0}, scratch_floats = 0;
  int height = picture.height(), width = picture.width();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const FeatureMap to = output(layers_[i], height, width);
    places[i % 2] = std::max(places[i % 2], to.floats());
    scratch_floats = std::max(scratch_floats, layers_[i].conv.scratch_floats(height, width, threads_));
    height = to.height;
    width = to.width;
  }
  Scratch memory(pool_, places[0] + places[1] + scratch_floats);
  float* const where[2] = {memory.data(), memory.data() + places[0]};
  float* const scratch = memory.data() + places[0] + places[1];

  FeatureMap from;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const MapSource previous(from, Padding::Zero);
    const TileSource& source = i == 0 ? picture : previous;
    FeatureMap to = output(layer, source.height(), source.width());
    to.data = where[i % 2];
    const auto convolve = [&](const TileSink& sink) {
      return layer.conv.run(source, sink, layer.options.moments, scratch, threads_);
    };
    const std::optional<ChannelMoments> moments = layer.options.pools
                                                      ? convolve(PoolSink(to, layer.bias.data()))
                                                      : convolve(MapSink(to, layer.bias.data(), true));
    visit(i, to, moments);
    from = to;
  }
}

}  // namespace atelier::engine::detail
