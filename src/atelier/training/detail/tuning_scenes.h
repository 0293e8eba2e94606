#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/training/detail/crops.h"

namespace atelier::training {

constexpr int kTuningSide = 512;   ///< short side at which photos and style pictures are compared
constexpr int kEncoderSide = 256;  ///< what the encoder was trained to see
constexpr std::int64_t kTuningCrop = 192;

/// A piece of a photo to paint, and what its paintings are held against; see measure().
struct TuningScene {
  at::Tensor photo;                   ///< [1, 3, kTuningCrop, kTuningCrop]
  std::vector<at::Tensor> structure;  ///< TuningRuler's of the photo
  at::Tensor weights;  ///< [1, taps of structure]: its share of all scenes' structure, 1 on average
};

/// [3, H, W] with this short side, the middle of what is very long.
at::Tensor prepared(const Image& image, int short_side);

/// Crops for training, and crops of held-out photos (split_contents). Errors of require_structure.
struct TuningScenes {
  std::vector<TuningScene> training, held_out;
  double zero_shot_content =
      1;  ///< structure that the untrained style's paintings of the training scenes lose
};
TuningScenes cut_scenes(const std::vector<Image>& contents, std::uint64_t seed);

/// The next of `count` scenes for step `step`: in rounds, each in an order of its own. `order` holds those
/// still to come.
std::size_t next_scene(std::vector<std::size_t>& order, std::size_t count, std::uint64_t seed,
                       std::int64_t step);

}  // namespace atelier::training
