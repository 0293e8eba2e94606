#include "trained_style.h"

#include "atelier/core/error.h"
#include "backend.h"

namespace atelier::cli {

model::StyleDelta trained_delta(const ChosenStyle& chosen, const model::ModelBundle& bundle) {
  model::StyleDelta mixed;
  for (const auto& [style, share] : chosen.trained) {
    if (bundle.is_distilled()) {
      throw Error(ErrorCode::Usage, "style.delta_network",
                  "the style '" + printable(style.name) +
                      "' was trained into the model's own network and means nothing to its network " +
                      bundle.manifest().generator.size + ": paint it without --network");
    }
    model::StyleDelta own =
        model::StyleDelta::read(style::user_delta_path(bundle.manifest().space_id, style.delta), style.delta);
    own.require_fits(bundle.manifest(), style.name);
    if (share == 1) return own;
    if (!own.layers.empty()) {
      throw Error(ErrorCode::Usage, "style.layers_blend",
                  "the style '" + printable(style.name) +
                      "' trained layers of its own, which cannot be mixed with other styles: paint with it "
                      "alone, or train it with --level affine");
    }
    mixed.modulation.resize(own.modulation.size());
    for (std::size_t i = 0; i < own.modulation.size(); ++i)
      mixed.modulation[i] += static_cast<float>(share) * own.modulation[i];
  }
  return mixed;
}

inference::Stylizer open_trained(const Program& program, const model::ModelBundle& bundle, int threads,
                                 const model::StyleDelta& delta) {
  const weights::SafetensorsFile generator = delta.applied_to(bundle.generator());
  return {bundle.manifest(), open_model(bundle, program, threads, &generator)};
}

}  // namespace atelier::cli
