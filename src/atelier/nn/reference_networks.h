#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "atelier/nn/feature_network.h"

namespace atelier::nn {

/// Published networks, read from safetensors files that the user supplies; none is part of the product. They
/// teach our perceptual network, widen the style loss, and judge. All are frozen.
///
/// `kind`:
///   "vgg19"       Oxford's VGG-19 (BGR, zero padding), taps relu1_1, relu2_1, relu3_1, relu3_4
///   "se16x"       SE-16x enc5 trunk (reflection padding), taps relu1_1, relu2_1, relu3_1, relu4_1, relu5_1
///   "squeezenet"  SqueezeNet 1.1, taps after ReLU of layer 0 and of fires 4, 7, 9, 10, 11, 12 (LPIPS's)
///   "alexnet"     AlexNet, taps after each of the five ReLUs (LPIPS's)
///   "filters"     no network: FilterBank, without a file
/// Error NoInput when the file is missing, BadData when tensors are missing, Usage for another kind and for
/// a file beside "filters".
std::unique_ptr<FeatureNetwork> load_reference_network(const std::string& kind,
                                                       const std::filesystem::path& file,
                                                       c10::Device device = c10::Device("cpu"));

/// Channels of that kind's taps, finest first. Error Usage for another kind.
std::vector<std::int64_t> reference_channels(const std::string& kind);

}  // namespace atelier::nn
