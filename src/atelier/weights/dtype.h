#pragma once

#include <cstddef>

namespace atelier::weights {

/// Element types of the safetensors files we read and write, all little-endian.
enum class DType { F32, F16, BF16, I64 };

std::size_t size_of(DType dtype);  ///< bytes of one element
const char* name_of(DType dtype);  ///< as safetensors spells it: "F32", "F16", "BF16", "I64"

}  // namespace atelier::weights
