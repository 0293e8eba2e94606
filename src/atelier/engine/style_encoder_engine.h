#pragma once

#include <memory>
#include <span>
#include <vector>

#include "atelier/engine/engine_options.h"
#include "atelier/engine/perceptual_engine.h"
#include "atelier/model/architecture.h"
#include "atelier/weights/safetensors_file.h"

namespace atelier::engine {

/// The 24 numbers the palette part of the style encoder sees (see StyleEncoderOptions). picture: planar RGB
/// in [0,1], [3, height, width].
std::vector<float> palette_statistics(std::span<const float> picture, int height, int width);

/// The style encoder of model/architecture.h on the processor. Immutable after construction, thread-safe;
/// results do not depend on the thread count.
class StyleEncoderEngine {
 public:
  /// `encoder` holds texture.* and palette.*, `perceptual` the perceptual network. Error Config from
  /// validate(), BadData when a tensor is missing or of another shape.
  StyleEncoderEngine(const StyleEncoderOptions& options, const weights::SafetensorsFile& encoder,
                     const PerceptualOptions& perceptual_options, const weights::SafetensorsFile& perceptual,
                     EngineOptions engine = {});
  ~StyleEncoderEngine();
  StyleEncoderEngine(StyleEncoderEngine&&) noexcept;
  StyleEncoderEngine& operator=(StyleEncoderEngine&&) noexcept;

  /// The code [palette | texture] of a picture, planar RGB in [0,1], [3, height, width], at least 16 x 16;
  /// Error Usage "engine.size" otherwise.
  std::vector<float> encode(std::span<const float> picture, int height, int width) const;

  const StyleEncoderOptions& options() const;

 private:
  struct Network;
  std::unique_ptr<const Network> network_;
};

}  // namespace atelier::engine
