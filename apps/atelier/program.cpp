#include "program.h"

#include "atelier/core/cancel.h"
#include "atelier/engine/engine_options.h"

namespace atelier::cli {

int Program::resolved_threads() const {
  engine::EngineOptions options;
  options.threads = threads;
  return options.resolved_threads();
}

std::shared_ptr<const model::ModelBundle> Program::open_bundle(const std::string& network) const {
  return model::ModelBundle::open(model.empty() ? model::default_bundle_path() : model, network);
}

void stop_if_interrupted() {
  if (const int signal = pending_signal(); signal != 0) throw Interrupted{signal};
}

}  // namespace atelier::cli
