#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "atelier/weights/dtype.h"

namespace atelier::weights {

/// A tensor to be written, row-major. Float tensors fill `values`; integer ones fill `integers` instead
/// (stored as I64).
struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values = {};
  std::vector<std::int64_t> integers = {};
};

/// The bytes of a safetensors file; the same tensors give the same bytes (names sorted, header padded to 8
/// bytes). Float tensors are stored as `float_dtype` (F32, F16 or BF16), rounded to nearest even. Error
/// Internal "weights.tensor" when a name is empty, reserved or doubled or the values do not fill the shape,
/// "weights.nonfinite" when a value is NaN, infinite or too large for `float_dtype`: such weights are never
/// written.
std::vector<std::byte> serialize_safetensors(const std::vector<NamedTensor>& tensors,
                                             DType float_dtype = DType::F32,
                                             const std::map<std::string, std::string>& metadata = {});

/// The same into a file, atomically (see write_file_atomically).
void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       DType float_dtype = DType::F32,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace atelier::weights
