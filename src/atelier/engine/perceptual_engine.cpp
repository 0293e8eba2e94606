#include "atelier/engine/perceptual_engine.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "atelier/core/error.h"
#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/conv3x3.h"
#include "atelier/engine/detail/tile_sinks.h"
#include "atelier/engine/detail/tile_sources.h"

namespace atelier::engine {

using detail::ChannelMoments;
using detail::Conv3x3;
using detail::FeatureMap;
using detail::padded_channels;

struct PerceptualEngine::Network {
  struct Layer {
    Conv3x3 conv;
    detail::AlignedBuffer bias;
  };

  Network(const PerceptualOptions& o, const weights::SafetensorsFile& file, const EngineOptions& engine)
      : options(o), threads(engine.resolved_threads()) {
    int in = 3;
    for (std::size_t b = 0; b < o.widths.size(); ++b) {
      // What lies behind the last tap is never computed.
      const int count = b + 1 == o.widths.size() ? 1 : o.convs[b];
      for (int i = 0; i < count; ++i) {
        const std::string name = "conv" + std::to_string(b + 1) + "_" + std::to_string(i + 1);
        const int out = o.widths[b];
        const std::vector<float> bias = file.floats(name + ".bias", {out});
        Layer layer{Conv3x3(detail::best_kernels(), file.floats(name + ".weight", {out, in, 3, 3}), out, in),
                    detail::AlignedBuffer(static_cast<std::size_t>(padded_channels(out)))};
        std::fill_n(layer.bias.data(), layer.bias.size(), 0.0f);
        std::copy(bias.begin(), bias.end(), layer.bias.data());
        blocks[b].push_back(std::move(layer));
        in = out;
      }
    }
  }

  PerceptualOptions options;
  int threads;
  std::array<std::vector<Layer>, 4> blocks;
  mutable detail::ScratchPool pool;
};

PerceptualEngine::PerceptualEngine(const PerceptualOptions& options, const weights::SafetensorsFile& weights,
                                   EngineOptions engine) {
  options.validate();
  engine.validate();
  network_ = std::make_unique<const Network>(options, weights, engine);
}

PerceptualEngine::~PerceptualEngine() = default;
PerceptualEngine::PerceptualEngine(PerceptualEngine&&) noexcept = default;
PerceptualEngine& PerceptualEngine::operator=(PerceptualEngine&&) noexcept = default;

const PerceptualOptions& PerceptualEngine::options() const {
  return network_->options;
}

std::vector<float> PerceptualEngine::statistics(std::span<const float> picture, int height, int width) const {
  if (height < 16 || width < 16 ||
      picture.size() != 3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width)) {
    throw Error(ErrorCode::Usage, "engine.size",
                "a style picture is [3, height, width] with sides of at least 16; this one is " +
                    std::to_string(width) + "x" + std::to_string(height) + ": scale it up");
  }
  constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};
  constexpr float kScale[3] = {1 / 0.229f, 1 / 0.224f, 1 / 0.225f};
  const Network& net = *network_;

  // Two places that the layers use in turn; a block that ends in a pool writes a quarter of what it reads.
  std::size_t places[2] = {0, 0};
  std::size_t scratch_floats = 0;
  const auto plan = [&](const auto& visit) {
    int h = height, w = width, place = 0;
    for (std::size_t b = 0; b < net.blocks.size(); ++b) {
      const auto& layers = net.blocks[b];
      for (std::size_t i = 0; i < layers.size(); ++i) {
        const bool pool = b + 1 < net.blocks.size() && i + 1 == layers.size();
        const int shrink = pool ? 2 : 1;
        visit(b, i, pool, h, w, FeatureMap{nullptr, h / shrink, w / shrink, layers[i].conv.out_channels()},
              place);
        h /= shrink;
        w /= shrink;
        place = 1 - place;
      }
    }
  };
  plan([&](std::size_t b, std::size_t i, bool, int h, int w, const FeatureMap& to, int place) {
    places[place] = std::max(places[place], to.floats());
    scratch_floats = std::max(scratch_floats, net.blocks[b][i].conv.scratch_floats(h, w, net.threads));
  });
  detail::Scratch memory(net.pool, places[0] + places[1] + scratch_floats);
  float* const where[2] = {memory.data(), memory.data() + places[0]};
  float* const scratch = memory.data() + places[0] + places[1];

  std::vector<float> result;
  const detail::StandardisedSource first(picture, height, width, kMean, kScale);
  FeatureMap x;
  plan([&](std::size_t b, std::size_t i, bool pool, int, int, FeatureMap to, int place) {
    const Network::Layer& layer = net.blocks[b][i];
    const bool tap = i == 0;
    to.data = where[place];
    const detail::MapSource map_source(x, detail::Padding::Zero);
    const detail::TileSource& source = x.data ? static_cast<const detail::TileSource&>(map_source)
                                              : static_cast<const detail::TileSource&>(first);
    std::optional<ChannelMoments> moments;
    if (pool) {
      moments = layer.conv.run(source, detail::PoolSink(to, layer.bias.data()), tap, scratch, net.threads);
    } else {
      moments =
          layer.conv.run(source, detail::MapSink(to, layer.bias.data(), true), tap, scratch, net.threads);
    }
    if (tap) {
      const std::size_t channels = static_cast<std::size_t>(net.options.widths[b]);
      for (std::size_t c = 0; c < channels; ++c) result.push_back(static_cast<float>(moments->mean[c]));
      for (std::size_t c = 0; c < channels; ++c) {
        result.push_back(static_cast<float>(std::log(std::sqrt(moments->variance[c]) + 1e-3)));
      }
    }
    x = to;
  });
  return result;
}

}  // namespace atelier::engine
