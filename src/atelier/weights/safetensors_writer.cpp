#include "atelier/weights/safetensors_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/weights/half.h"

namespace atelier::weights {
namespace {

[[noreturn]] void refuse(const NamedTensor& tensor, const char* id, const std::string& cause) {
  throw Error(ErrorCode::Internal, id, "tensor '" + printable(tensor.name) + "' cannot be written: " + cause);
}

bool is_integer(const NamedTensor& tensor) {
  return !tensor.integers.empty();
}

std::size_t count_of(const NamedTensor& tensor) {
  return is_integer(tensor) ? tensor.integers.size() : tensor.values.size();
}

void require_writable(const NamedTensor& tensor, DType float_dtype) {
  if (tensor.name.empty() || tensor.name == "__metadata__")
    refuse(tensor, "weights.tensor", "the name is reserved");
  if (is_integer(tensor) && !tensor.values.empty()) {
    refuse(tensor, "weights.tensor", "it has floats and integers");
  }
  std::int64_t elements = 1;
  for (const std::int64_t dimension : tensor.shape) {
    if (dimension < 0 || __builtin_mul_overflow(elements, dimension, &elements)) {
      refuse(tensor, "weights.tensor", "its shape is impossible");
    }
  }
  if (static_cast<std::uint64_t>(elements) != count_of(tensor)) {
    refuse(tensor, "weights.tensor",
           "its shape holds " + std::to_string(elements) + " values but it has " +
               std::to_string(count_of(tensor)));
  }
  // What rounds to infinity: half a step above the largest finite half.
  const float largest =
      float_dtype == DType::F16 ? std::nextafter(65520.0f, 0.0f) : std::numeric_limits<float>::max();
  for (const float value : tensor.values) {
    const bool lost =
        float_dtype == DType::BF16 && !std::isfinite(bfloat16_to_float(float_to_bfloat16(value)));
    if (!(std::abs(value) <= largest) || lost) {
      refuse(tensor, "weights.nonfinite",
             "it holds " + std::to_string(value) + ", which " + name_of(float_dtype) +
                 " cannot keep as a number");
    }
  }
}

std::string header_text(const nlohmann::json& header) {
  try {
    return header.dump();
  } catch (const nlohmann::json::type_error&) {
    throw Error(ErrorCode::Internal, "weights.tensor", "a tensor's name or the metadata is not UTF-8");
  }
}

void append_data(const NamedTensor& tensor, DType float_dtype, std::span<std::byte> out) {
  if (out.empty()) return;
  if (is_integer(tensor)) {
    std::memcpy(out.data(), tensor.integers.data(), out.size());
  } else if (float_dtype == DType::F16) {
    float_to_half(tensor.values, out);
  } else if (float_dtype == DType::BF16) {
    float_to_bfloat16(tensor.values, out);
  } else {
    std::memcpy(out.data(), tensor.values.data(), out.size());
  }
}

}  // namespace

std::vector<std::byte> serialize_safetensors(const std::vector<NamedTensor>& tensors, DType float_dtype,
                                             const std::map<std::string, std::string>& metadata) {
  if (float_dtype == DType::I64) {
    throw Error(ErrorCode::Internal, "weights.dtype",
                "floats cannot be written as I64; use F32, F16 or BF16");
  }
  std::vector<const NamedTensor*> sorted;
  for (const NamedTensor& tensor : tensors) {
    require_writable(tensor, float_dtype);
    sorted.push_back(&tensor);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->name < b->name; });

  nlohmann::json header = nlohmann::json::object();  // an object keeps its keys sorted
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t end = 0;
  std::vector<std::uint64_t> begins;
  for (const NamedTensor* tensor : sorted) {
    if (header.contains(tensor->name)) refuse(*tensor, "weights.tensor", "another tensor has this name");
    const DType dtype = is_integer(*tensor) ? DType::I64 : float_dtype;
    begins.push_back(end);
    end += count_of(*tensor) * size_of(dtype);
    header[tensor->name] = {
        {"dtype", name_of(dtype)}, {"shape", tensor->shape}, {"data_offsets", {begins.back(), end}}};
  }
  std::string json = header_text(header);
  json.append((8 - json.size() % 8) % 8, ' ');

  const std::uint64_t length = json.size();
  std::vector<std::byte> bytes(sizeof(length) + json.size() + end);
  std::memcpy(bytes.data(), &length, sizeof(length));
  std::memcpy(bytes.data() + sizeof(length), json.data(), json.size());
  const auto data = std::span(bytes).subspan(sizeof(length) + json.size());
  begins.push_back(end);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    append_data(*sorted[i], float_dtype, data.subspan(begins[i], begins[i + 1] - begins[i]));
  }
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                       DType float_dtype, const std::map<std::string, std::string>& metadata) {
  write_file_atomically(path, serialize_safetensors(tensors, float_dtype, metadata));
}

}  // namespace atelier::weights
