// Any bytes: either a file whose every tensor can be read, or an Error. Anything else is a bug.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/weights/safetensors_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace atelier::weights;
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  try {
    const SafetensorsFile file = SafetensorsFile::parse({bytes, bytes + size}, "fuzz");
    for (const TensorView& tensor : file.tensors()) {
      if (tensor.dtype == DType::I64) {
        file.integers(tensor.name, tensor.shape);
      } else {
        file.floats(tensor.name, tensor.shape);
      }
    }
  } catch (const atelier::Error&) {
  }
  return 0;
}
