#include "style_paintings.h"

#include "atelier/inference/stylizer.h"
#include "backend.h"
#include "progress.h"
#include "trained_style.h"

namespace atelier::cli {

std::vector<Image> paint_styles(const Program& program, const model::ModelBundle& bundle, const Image& scene,
                                const std::vector<const style::NamedStyle*>& styles) {
  const int threads = program.resolved_threads();
  const inference::Stylizer stylizer(bundle.manifest(), open_model(bundle, program, threads));
  Progress progress(program.progress, static_cast<int>(styles.size()));
  std::vector<Image> paintings;
  for (const style::NamedStyle* style : styles) {
    stop_if_interrupted();
    inference::StylizeOptions options;
    if (style->detail >= 0) options.detail = style->detail;
    ChosenStyle chosen{style->code, options.detail, std::nullopt, {}};
    if (!style->delta.empty()) chosen.trained.emplace_back(*style, 1.0);
    const model::StyleDelta trained = trained_delta(chosen, bundle);
    options.modulation = trained.modulation;
    paintings.push_back(
        trained.layers.empty()
            ? stylizer.stylize(scene, style->code, options)
            : open_trained(program, bundle, threads, trained).stylize(scene, style->code, options));
    progress.step(style->name, 1, 1);
    progress.finish_item();
  }
  progress.clear();
  return paintings;
}

}  // namespace atelier::cli
