#pragma once

namespace atelier::engine {

/// How the engine computes. Results do not depend on it, to the byte.
struct EngineOptions {
  int threads = 0;  ///< 1 .. 256; 0: all processors this process may use

  /// Error Usage when out of range.
  void validate() const;
  int resolved_threads() const;
};

/// The instruction set the engine's kernels use here: "avx512", "avx2" or "generic".
const char* instruction_set();

}  // namespace atelier::engine
