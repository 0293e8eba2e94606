#pragma once

#include <torch/torch.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include "atelier/tensor/tensor_file.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::test {

/// A network of VGG-19's shape, to relu3_4, with random weights: such a network still sees texture.
inline std::filesystem::path write_random_vgg19(const std::filesystem::path& file) {
  torch::manual_seed(2);
  tensor::TensorMap tensors;
  std::int64_t in = 3;
  for (const auto& [index, out] : std::array<std::pair<int, int>, 8>{
           {{0, 64}, {2, 64}, {5, 128}, {7, 128}, {10, 256}, {12, 256}, {14, 256}, {16, 256}}}) {
    const std::string name = "features." + std::to_string(index);
    tensors[name + ".weight"] = torch::randn({out, in, 3, 3}) * std::sqrt(2.0 / static_cast<double>(9 * in));
    tensors[name + ".bias"] = torch::zeros({out});
    in = out;
  }
  weights::write_safetensors(file, tensor::to_named(tensors));
  return file;
}

}  // namespace atelier::test
