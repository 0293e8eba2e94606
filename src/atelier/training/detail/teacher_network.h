#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "atelier/nn/feature_network.h"

namespace atelier::training {

/// nn::load_reference_network, quick where nothing is learned through it: VGG-19 on a processor measures
/// pictures that need no gradient by the engine, three times as fast as LibTorch and the same to 1e-5 of a
/// layer's range. Thread-safe. Errors of load_reference_network.
std::unique_ptr<nn::FeatureNetwork> load_teacher_network(const std::string& kind,
                                                         const std::filesystem::path& file,
                                                         c10::Device device = c10::Device("cpu"));

}  // namespace atelier::training
