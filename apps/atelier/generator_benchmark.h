#pragma once

#include <cstdint>

#include "atelier/engine/generator_engine.h"
#include "benchmark.h"

namespace atelier::cli {

/// Weights that keep activations in range; what they paint does not matter for the time.
weights::SafetensorsFile random_weights(const GeneratorOptions& options, std::uint64_t seed);

/// Times one picture size; network and threads of the row are left to the caller. Throws Interrupted.
BenchRow measure_generator(const engine::GeneratorEngine& generator, const BenchPlan::Size& size, int runs);

}  // namespace atelier::cli
