#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/weights/safetensors_file.h"

namespace atelier::weights::detail {

/// One tensor as the header describes it; begin and end count from the start of the data.
struct TensorRecord {
  std::string name;
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

struct Header {
  std::vector<TensorRecord> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads the JSON header token by token, so that its cost is bounded by its length and doubled keys are seen.
/// Errors as SafetensorsFile; `file` names the file in messages.
Header parse_header(std::string_view json, const std::string& file, const Limits& limits);

/// Error "model.layout" unless every tensor's size fits its shape and the tensors cover the data exactly
/// once.
void require_exact_cover(std::vector<TensorRecord> tensors, std::uint64_t data_bytes,
                         const std::string& file);

}  // namespace atelier::weights::detail
