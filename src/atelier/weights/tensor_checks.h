#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "atelier/weights/safetensors_file.h"

namespace atelier::weights {

/// A tensor that a network needs.
struct ExpectedTensor {
  std::string name;
  std::vector<std::int64_t> shape;

  bool operator==(const ExpectedTensor&) const = default;
};

/// Error BadData "model.nonfinite" naming the first tensor that holds a NaN or an infinity, and where.
void require_finite(const SafetensorsFile& file);

/// Error BadData "model.tensors" unless the file holds exactly the `expected` float tensors; the message
/// lists the first five differences (missing, extra, other shape, integers) and counts the rest.
void require_tensors(const SafetensorsFile& file, const std::vector<ExpectedTensor>& expected);

}  // namespace atelier::weights
