#pragma once

#include <span>
#include <vector>

#include "atelier/engine/engine_options.h"
#include "atelier/engine/generator_engine.h"
#include "atelier/engine/style_encoder_engine.h"
#include "atelier/inference/style_transfer_model.h"
#include "atelier/model/model_bundle.h"

namespace atelier::inference {

/// The bundle's networks on our own processor engine: the model that ships. Keeps no reference to the bundle.
/// Immutable after construction: many threads may call it, each call computes on `engine.threads` threads.
class EngineModel : public StyleTransferModel {
 public:
  /// `generator`: weights in place of the bundle's (see model::StyleDelta), none: the bundle's. Errors: Usage
  /// for a bad thread count, BadData when the weights do not fit the manifest.
  explicit EngineModel(const model::ModelBundle& bundle, engine::EngineOptions engine = {},
                       const weights::SafetensorsFile* generator = nullptr);

  void paint(const PaintRequest& request, std::span<float> painting) const override;
  std::vector<float> encode_style(std::span<const float> picture, int height, int width) const override;

 private:
  engine::GeneratorEngine generator_;
  engine::StyleEncoderEngine encoder_;
};

}  // namespace atelier::inference
