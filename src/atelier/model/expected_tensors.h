#pragma once

#include <vector>

#include "atelier/model/architecture.h"
#include "atelier/weights/tensor_checks.h"

namespace atelier::model {

/// Names and shapes of every tensor of a network, in the order architecture.h describes them: the contract
/// between the LibTorch modules, the engine and the files.
std::vector<weights::ExpectedTensor> expected_generator_tensors(const GeneratorOptions& options);
std::vector<weights::ExpectedTensor> expected_perceptual_tensors(const PerceptualOptions& options);
std::vector<weights::ExpectedTensor> expected_encoder_tensors(const StyleEncoderOptions& options,
                                                              const PerceptualOptions& perceptual);

}  // namespace atelier::model
