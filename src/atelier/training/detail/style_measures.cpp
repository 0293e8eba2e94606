#include "atelier/training/detail/style_measures.h"

#include "atelier/training/detail/teacher_network.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {

StyleMeasures::StyleMeasures(const TrainingOptions& options, nn::PerceptualNetwork phi,
                             const std::string& phi_sha256, c10::Device device)
    : measures{{phi.get(), 4, phi_sha256}} {
  for (const ReferenceNetwork& network : options.networks) {
    references.push_back(load_teacher_network(network.kind, network.file, device));
    const std::string weights = network.file.empty() ? "" : " " + weights::sha256_file(network.file);
    measures.push_back({references.back().get(), network.taps, network.kind + weights});
  }
}

std::unique_ptr<StyleCatalogue> open_catalogue(const TrainingOptions& options,
                                               const std::vector<TrainingPicture>& styles,
                                               const StyleMeasures& measures, c10::Device device) {
  return std::make_unique<StyleCatalogue>(
      styles, measures.measures, StyleSides{options.style_short_side, options.stroke_short_side},
      options.seed, device,
      StyleCache(options.style_cache.empty() ? options.run / "style-cache" : options.style_cache));
}

}  // namespace atelier::training
