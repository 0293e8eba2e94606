#include "atelier/weights/safetensors_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <limits>

#include "atelier/core/error.h"
#include "atelier/weights/detail/safetensors_header.h"
#include "atelier/weights/half.h"

namespace atelier::weights {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kPrefixBytes = kLengthBytes + 1;  // the length and the header's opening brace

bool starts_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

bool looks_like_pickle(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] >= std::byte{1} &&
         bytes[1] <= std::byte{5};
}

/// Says by content, never by file name, that this is no safetensors file, before its size or header are
/// looked at.
void refuse_other_formats(std::span<const std::byte> prefix, const std::string& name) {
  // The first bytes of a pickle or a gzip may also begin the length of a good header; then a brace follows
  // the length.
  if (prefix.size() >= kPrefixBytes && prefix[kLengthBytes] == std::byte{'{'}) return;
  const char* kind = nullptr;
  if (starts_with(prefix, "PK\x03\x04") || starts_with(prefix, "PK\x05\x06")) {
    kind = "a zip archive (TorchScript, a .pt/.pth/.ckpt checkpoint)";
  } else if (looks_like_pickle(prefix)) {
    kind = "a Python pickle (an old .pt/.pth/.ckpt checkpoint)";
  } else if (starts_with(prefix, "\x89HDF\r\n")) {
    kind = "an HDF5 file";
  } else if (starts_with(prefix, "\x1f\x8b")) {
    kind = "a gzip archive";
  }
  if (kind == nullptr) return;
  throw Error(ErrorCode::BadData, "model.format",
              name + ": this is " + kind +
                  ", not safetensors; Atelier never runs code from model files; convert it in Python where "
                  "you trust it: "
                  "safetensors.torch.save_file(torch.load(FILE, weights_only=True), 'model.safetensors')");
}

void require_size(std::uint64_t bytes, const std::string& name, const Limits& limits) {
  if (bytes > limits.file_bytes) {
    throw Error(ErrorCode::BadData, "model.too_big",
                name + ": " + std::to_string(bytes) + " bytes are more than the limit of " +
                    std::to_string(limits.file_bytes) + "; use a smaller model");
  }
}

std::uint64_t header_length(std::span<const std::byte> bytes, const std::string& name, const Limits& limits) {
  const auto refuse = [&](const std::string& cause) {
    throw Error(ErrorCode::BadData, "model.header",
                name + ": the safetensors header is broken: " + cause + "; get the file again");
  };
  if (bytes.size() < kLengthBytes) refuse("the file has only " + std::to_string(bytes.size()) + " bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length == 0) refuse("its length is 0");
  if (length > limits.header_bytes)
    refuse("its length is above " + std::to_string(limits.header_bytes) + " bytes");
  if (length > bytes.size() - kLengthBytes) refuse("it is longer than the file");
  if (bytes[kLengthBytes] != std::byte{'{'}) refuse("it does not begin with '{'");
  return length;
}

[[noreturn]] void refuse_tensor(const std::string& file, const std::string& tensor,
                                const std::string& cause) {
  throw Error(ErrorCode::BadData, "model.tensors", file + ": tensor '" + printable(tensor) + "' " + cause);
}

}  // namespace

std::int64_t TensorView::numel() const {
  return static_cast<std::int64_t>(bytes.size() / size_of(dtype));
}

SafetensorsFile SafetensorsFile::read(const std::filesystem::path& path, const Limits& limits) {
  const std::string name = printable(path.string());
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw Error(ErrorCode::NoInput, "model.missing", name + ": no such file; check the path of the model");
  }
  std::ifstream stream(path, std::ios::binary);
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!stream || error) {
    throw Error(ErrorCode::NoInput, "model.missing", name + ": cannot read the file; check its permissions");
  }
  // Four gigabytes of pickle need not be read to be recognised.
  std::array<std::byte, kPrefixBytes> prefix;
  stream.read(reinterpret_cast<char*>(prefix.data()), prefix.size());
  refuse_other_formats(std::span(prefix.data(), static_cast<std::size_t>(stream.gcount())), name);
  require_size(size, name, limits);

  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  stream.clear();
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (static_cast<std::uintmax_t>(stream.gcount()) != size) {
    throw Error(ErrorCode::Io, "file.read", name + ": reading failed half-way; check the disk");
  }
  return parse(std::move(bytes), name, limits);
}

SafetensorsFile SafetensorsFile::parse(std::vector<std::byte> bytes, const std::string& name,
                                       const Limits& limits) {
  refuse_other_formats(bytes, name);
  require_size(bytes.size(), name, limits);
  const std::uint64_t length = header_length(bytes, name, limits);
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length);
  detail::Header header = detail::parse_header(json, name, limits);
  const std::uint64_t data_begin = kLengthBytes + length;
  detail::require_exact_cover(header.tensors, bytes.size() - data_begin, name);

  SafetensorsFile file;
  file.name_ = name;
  file.bytes_ = std::move(bytes);
  file.metadata_ = std::move(header.metadata);
  const auto data = std::span<const std::byte>(file.bytes_).subspan(data_begin);
  for (detail::TensorRecord& record : header.tensors) {
    file.tensors_.push_back({.name = std::move(record.name),
                             .dtype = record.dtype,
                             .shape = std::move(record.shape),
                             .bytes = data.subspan(record.begin, record.end - record.begin)});
  }
  std::sort(file.tensors_.begin(), file.tensors_.end(),
            [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
  return file;
}

const TensorView* SafetensorsFile::find(const std::string& name) const {
  const auto found =
      std::lower_bound(tensors_.begin(), tensors_.end(), name,
                       [](const TensorView& tensor, const std::string& n) { return tensor.name < n; });
  return found != tensors_.end() && found->name == name ? &*found : nullptr;
}

const TensorView& SafetensorsFile::require(const std::string& name,
                                           const std::vector<std::int64_t>& expected_shape) const {
  const TensorView* tensor = find(name);
  if (tensor == nullptr) refuse_tensor(name_, name, "is missing; use a model of this program's version");
  if (tensor->shape != expected_shape) {
    refuse_tensor(name_, name,
                  "has shape " + shape_text(tensor->shape) + " where " + shape_text(expected_shape) +
                      " is needed; the file belongs to another architecture");
  }
  return *tensor;
}

std::vector<float> SafetensorsFile::floats(const std::string& name,
                                           const std::vector<std::int64_t>& expected_shape) const {
  const TensorView& tensor = require(name, expected_shape);
  if (tensor.dtype == DType::I64) refuse_tensor(name_, name, "holds integers where floats are needed");
  return to_floats(tensor);
}

std::vector<std::int64_t> SafetensorsFile::integers(const std::string& name,
                                                    const std::vector<std::int64_t>& expected_shape) const {
  const TensorView& tensor = require(name, expected_shape);
  if (tensor.dtype != DType::I64) refuse_tensor(name_, name, "holds floats where integers are needed");
  std::vector<std::int64_t> values(static_cast<std::size_t>(tensor.numel()));
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

std::vector<float> to_floats(const TensorView& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.numel()));
  switch (tensor.dtype) {
    case DType::F32:
      if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
      break;
    case DType::F16:
      half_to_float(tensor.bytes, values);
      break;
    case DType::BF16:
      bfloat16_to_float(tensor.bytes, values);
      break;
    case DType::I64:
      throw Error(ErrorCode::BadData, "model.tensors",
                  "tensor '" + printable(tensor.name) + "' holds integers where floats are needed");
  }
  return values;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

}  // namespace atelier::weights
