#pragma once

#include <functional>
#include <memory>
#include <span>

#include "atelier/engine/engine_options.h"
#include "atelier/weights/safetensors_file.h"

namespace atelier::engine {

/// A layer's values where they lie: [height, width, channels], row-major.
struct Vgg19Layer {
  std::span<const float> values;
  int height = 0, width = 0, channels = 0;
};

/// The first eight convolutions of VGG-19 (Simonyan & Zisserman 2015; Oxford's weights, zero padding), after
/// their ReLUs, on the processor. Winograd convolutions: values differ from a direct computation by about
/// 1e-6 of a layer's range. Immutable after construction, thread-safe; results do not depend on the thread
/// count. Memory of one call: 320 bytes a pixel.
class Vgg19Engine {
 public:
  /// `weights` holds features.{0,2,5,7,10,12,14,16}.{weight,bias}, the first of them for BGR. Error BadData
  /// when a tensor is missing or of another shape.
  explicit Vgg19Engine(const weights::SafetensorsFile& weights, EngineOptions engine = {});
  ~Vgg19Engine();
  Vgg19Engine(Vgg19Engine&&) noexcept;
  Vgg19Engine& operator=(Vgg19Engine&&) noexcept;

  /// Calls `see` with relu1_1, relu2_1, relu3_1 and relu3_4, in this order; each is gone when `see` returns.
  /// picture: planar RGB in [0,1], [3, height, width], at least 16 x 16; Error Usage "engine.size"
  /// otherwise.
  void features(std::span<const float> picture, int height, int width,
                const std::function<void(const Vgg19Layer&)>& see) const;

 private:
  struct Network;
  std::unique_ptr<const Network> network_;
};

}  // namespace atelier::engine
