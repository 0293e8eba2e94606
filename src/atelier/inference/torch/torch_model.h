#pragma once

#include <memory>
#include <string>

#include "atelier/inference/style_transfer_model.h"
#include "atelier/model/model_bundle.h"

namespace atelier::inference {

/// The bundle's networks on LibTorch: the reference the engine is tested against, and the way to a GPU.
/// Immutable after construction: many threads may call it; they share LibTorch's pool and the device.
class TorchModel : public StyleTransferModel {
 public:
  /// device: "cpu", "cuda", "cuda:1" or "auto"; threads: of LibTorch's pool, 0 keeps its default; generator:
  /// weights in place of the bundle's (see model::StyleDelta), none: the bundle's. Errors:
  /// Usage for an unknown device, Unavailable when it is absent, BadData "model.tensors" when the weights do
  /// not fit the manifest.
  TorchModel(const model::ModelBundle& bundle, const std::string& device, int threads,
             const weights::SafetensorsFile* generator = nullptr);
  ~TorchModel() override;

  void paint(const PaintRequest& request, std::span<float> painting) const override;
  std::vector<float> encode_style(std::span<const float> picture, int height, int width) const override;

 private:
  struct Networks;
  std::unique_ptr<Networks> networks_;
};

}  // namespace atelier::inference
