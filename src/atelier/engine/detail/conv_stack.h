#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/channel_moments.h"
#include "atelier/engine/detail/conv3x3.h"
#include "atelier/engine/detail/feature_map.h"
#include "atelier/engine/detail/tile_sources.h"

namespace atelier::engine::detail {

/// 3x3 convolutions in a row, zero padding, each followed by its bias and a ReLU and some by a 2x2 maximum:
/// the trunk of VGG-like networks. Thread-safe once built.
class ConvStack {
 public:
  explicit ConvStack(int threads) : threads_(threads) {}

  struct LayerOptions {
    bool pools = false;    ///< the 2x2 maximum follows; sides are halved, rounded down
    bool moments = false;  ///< of the values before it
  };
  /// weight: [out, in, 3, 3], row-major; bias: [out].
  void add(const std::vector<float>& weight, const std::vector<float>& bias, int in, LayerOptions options);

  std::size_t size() const { return layers_.size(); }

  /// Called after every layer: its index, what it wrote, and its moments when asked for. The map is gone when
  /// the next but one layer has run.
  using Visitor = std::function<void(std::size_t, const FeatureMap&, const std::optional<ChannelMoments>&)>;
  void run(const TileSource& picture, const Visitor& visit) const;

 private:
  struct Layer {
    Conv3x3 conv;
    AlignedBuffer bias;
    LayerOptions options;
  };
  /// What a layer writes for an input of these sides.
  FeatureMap output(const Layer& layer, int height, int width) const;

  int threads_;
  std::vector<Layer> layers_;
  mutable ScratchPool pool_;
};

}  // namespace atelier::engine::detail
