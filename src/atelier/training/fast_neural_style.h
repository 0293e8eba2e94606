#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "atelier/image/image.h"

namespace atelier::training {

struct FastNeuralStyleOptions {
  std::filesystem::path vgg19;  ///< teacher: the weights of nn::load_reference_network's "vgg19"
  std::filesystem::path from;   ///< network to begin with, a file of an earlier training; empty: random
  std::int64_t steps = 1000;
  int crop = 256, batch = 1;  ///< side in pixels, a multiple of 16 from 64 to 512; photos a step
  double style = 3;           ///< weight of the correlations beside a content of 1
  double rate = 1e-3;         ///< falls along a cosine
  std::uint64_t seed = 1;
  /// fraction 0..1, steps so far, seconds left, a few words.
  std::function<void(double, std::int64_t, double, const std::string&)> progress;
};

struct FastNeuralStyle {
  std::int64_t steps = 0;
  double seconds = 0;
  double content = 0, style = 0;  ///< running means of the losses at the end
  bool finished = true;           ///< false: a signal ended it; what there was is written
};

/// Trains the rival of one network a style (Johnson et al. 2016, nn/transformer_net.h) as its authors do:
/// VGG-19's content on relu3_4 and Gram matrices on relu1_1, 2_1 and 3_1 (theirs: VGG-16's relu3_3, and
/// relu1_2 to 4_3), a little total variation, Adam. `style` and `photos` have the size at which strokes shall
/// be learned. Writes the network into `file`, replaced as a whole. The same steps give the same network.
/// Errors: Usage "rival.crop", "rival.photos"; those of require_structure and nn::load_reference_network;
/// Internal "rival.diverged".
FastNeuralStyle train_fast_neural_style(const Image& style, const std::vector<Image>& photos,
                                        const std::filesystem::path& file,
                                        const FastNeuralStyleOptions& options);

}  // namespace atelier::training
