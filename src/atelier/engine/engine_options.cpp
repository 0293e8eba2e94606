#include "atelier/engine/engine_options.h"

#include <omp.h>

#include <string>

#include "atelier/core/error.h"
#include "atelier/engine/detail/kernels.h"

namespace atelier::engine {

void EngineOptions::validate() const {
  if (threads < 0 || threads > 256) {
    throw Error(ErrorCode::Usage, "engine.threads",
                "threads is " + std::to_string(threads) + "; use 1 to 256, or 0 for all processors");
  }
}

int EngineOptions::resolved_threads() const {
  return threads > 0 ? threads : omp_get_num_procs();
}

const char* instruction_set() {
  return detail::best_kernels().name;
}

}  // namespace atelier::engine
