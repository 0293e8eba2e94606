#pragma once

#include <span>
#include <string>
#include <vector>

#include "atelier/weights/safetensors_file.h"

namespace atelier::engine::detail {

/// A fully connected layer. Small, so plain loops.
class Dense {
 public:
  /// Reads `name`.weight [out, in] and `name`.bias [out].
  Dense(const weights::SafetensorsFile& file, const std::string& name, int in, int out);

  std::vector<float> operator()(std::span<const float> x) const;

 private:
  std::vector<float> weight_, bias_;
};

/// x / (1 + exp(-x)), in place.
void silu(std::vector<float>& x);

}  // namespace atelier::engine::detail
