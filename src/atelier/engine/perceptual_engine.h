#pragma once

#include <memory>
#include <span>
#include <vector>

#include "atelier/engine/engine_options.h"
#include "atelier/model/architecture.h"
#include "atelier/weights/safetensors_file.h"

namespace atelier::engine {

/// The perceptual network of model/architecture.h on the processor. Immutable after construction,
/// thread-safe; results do not depend on the thread count. Memory of one call: 5/4 * 4 * widths[0] (rounded
/// up to 16) bytes a pixel.
class PerceptualEngine {
 public:
  /// Error Config from options.validate(), BadData when a tensor is missing or of another shape.
  PerceptualEngine(const PerceptualOptions& options, const weights::SafetensorsFile& weights,
                   EngineOptions engine = {});
  ~PerceptualEngine();
  PerceptualEngine(PerceptualEngine&&) noexcept;
  PerceptualEngine& operator=(PerceptualEngine&&) noexcept;

  /// For each tap the channel means, then log(std + 1e-3), biased, over the whole tap: options.statistics()
  /// numbers. picture: planar RGB in [0,1], [3, height, width], at least 16 x 16, any size; Error Usage
  /// "engine.size" otherwise.
  std::vector<float> statistics(std::span<const float> picture, int height, int width) const;

  const PerceptualOptions& options() const;

 private:
  struct Network;
  std::unique_ptr<const Network> network_;
};

}  // namespace atelier::engine
