#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "atelier/model/architecture.h"
#include "atelier/weights/safetensors_file.h"

namespace atelier::bench {

/// A generator's file with random weights: time does not depend on what was learned.
weights::SafetensorsFile random_generator(const GeneratorOptions& options);

/// Repeatable uniform numbers in [0, 1).
std::vector<float> random_values(std::size_t count, std::uint32_t seed);

/// Floating point operations of one painting as the layers of architecture.h say it, two a multiplication;
/// what an algorithm saves does not lower it.
double operations(const GeneratorOptions& options, int height, int width);

}  // namespace atelier::bench
