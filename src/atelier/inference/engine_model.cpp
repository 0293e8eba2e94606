#include "atelier/inference/engine_model.h"

#include <utility>

namespace atelier::inference {

EngineModel::EngineModel(const model::ModelBundle& bundle, engine::EngineOptions engine)
    : generator_(bundle.manifest().generator, bundle.generator(), engine),
      encoder_(bundle.manifest().encoder, bundle.encoder(), bundle.manifest().perceptual, bundle.perceptual(),
               engine) {}

void EngineModel::paint(const PaintRequest& request, std::span<float> painting) const {
  engine::SiteStatistics frozen, collected;
  if (request.frozen) frozen.sites = request.frozen->sites;
  generator_.run({.content = request.content,
                  .height = request.height,
                  .width = request.width,
                  .code = request.code,
                  .stroke = request.stroke,
                  .detail = request.detail,
                  .frozen = request.frozen ? &frozen : nullptr,
                  .collect = request.collect ? &collected : nullptr},
                 painting);
  if (request.collect) request.collect->sites = std::move(collected.sites);
}

std::vector<float> EngineModel::encode_style(std::span<const float> picture, int height, int width) const {
  return encoder_.encode(picture, height, width);
}

}  // namespace atelier::inference
