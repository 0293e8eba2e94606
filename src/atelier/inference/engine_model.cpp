#include "atelier/inference/engine_model.h"

#include <utility>

namespace atelier::inference {

EngineModel::EngineModel(const model::ModelBundle& bundle, engine::EngineOptions engine,
                         const weights::SafetensorsFile* generator)
    : generator_(bundle.manifest().generator, generator != nullptr ? *generator : bundle.generator(), engine),
      encoder_(bundle.manifest().encoder, bundle.encoder(), bundle.manifest().perceptual, bundle.perceptual(),
               engine) {}

void EngineModel::paint(const PaintRequest& request, std::span<float> painting) const {
  engine::SiteStatistics frozen, collected;
  if (request.frozen) frozen.sites = request.frozen->sites;
  std::vector<engine::SiteStatistics> statistics(request.others.size());
  std::vector<engine::MaskedBrush> others;
  for (std::size_t i = 0; i < request.others.size(); ++i) {
    const MaskedBrush& other = request.others[i];
    if (other.frozen) statistics[i].sites = other.frozen->sites;
    others.push_back(
        {other.code, other.modulation, other.detail, other.frozen ? &statistics[i] : nullptr, other.share});
  }
  generator_.run({.content = request.content,
                  .height = request.height,
                  .width = request.width,
                  .code = request.code,
                  .modulation = request.modulation,
                  .stroke = request.stroke,
                  .detail = request.detail,
                  .frozen = request.frozen ? &frozen : nullptr,
                  .collect = request.collect ? &collected : nullptr,
                  .others = others},
                 painting);
  if (request.collect) request.collect->sites = std::move(collected.sites);
}

std::vector<float> EngineModel::encode_style(std::span<const float> picture, int height, int width) const {
  return encoder_.encode(picture, height, width);
}

}  // namespace atelier::inference
