#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "atelier/weights/dtype.h"

namespace atelier::weights {

/// What a file may cost before it is refused.
struct Limits {
  std::uint64_t file_bytes = std::uint64_t{4} << 30;
  std::uint64_t header_bytes = std::uint64_t{8} << 20;
  std::size_t tensors = 10'000;
  std::size_t rank = 8;
};

/// One tensor of a file. `bytes` lies inside the file, at any alignment: read it with memcpy, never through a
/// cast.
struct TensorView {
  std::string name;
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;

  std::int64_t numel() const;
};

/// An immutable safetensors file in memory: 8 bytes of little-endian header length, a JSON header, then the
/// tensors' bytes without holes. Parsing checks everything before any tensor is handed out and allocates no
/// more than the file's own size for data. Safe to read from many threads.
///
/// Errors, all BadData: "model.format" another format (pickle, zip, TorchScript: Atelier never runs code from
/// model files), "model.header" a broken header, "model.layout" tensors that do not tile the data exactly,
/// "model.too_big" a limit. NoInput "model.missing" when there is no such file.
class SafetensorsFile {
 public:
  static SafetensorsFile read(const std::filesystem::path& path, const Limits& limits = {});
  /// `name` stands for the file in messages.
  static SafetensorsFile parse(std::vector<std::byte> bytes, const std::string& name,
                               const Limits& limits = {});

  SafetensorsFile(SafetensorsFile&&) = default;
  SafetensorsFile& operator=(SafetensorsFile&&) = default;

  const std::string& name() const { return name_; }
  /// Sorted by name.
  const std::vector<TensorView>& tensors() const { return tensors_; }
  const TensorView* find(const std::string& name) const;  ///< nullptr when absent
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// The values of an F32, F16 or BF16 tensor, row-major. Error BadData "model.tensors" when it is absent, of
  /// another shape or of integers.
  std::vector<float> floats(const std::string& name, const std::vector<std::int64_t>& expected_shape) const;
  /// The same for an I64 tensor.
  std::vector<std::int64_t> integers(const std::string& name,
                                     const std::vector<std::int64_t>& expected_shape) const;

 private:
  SafetensorsFile() = default;
  const TensorView& require(const std::string& name, const std::vector<std::int64_t>& expected_shape) const;

  std::string name_;
  std::vector<std::byte> bytes_;  // the views point into it; a move keeps its address, so moving is safe
  std::vector<TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// The values of a float view of any precision, row-major. Error BadData "model.tensors" for integers.
std::vector<float> to_floats(const TensorView& tensor);

/// "[64, 32, 3, 3]", for messages.
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace atelier::weights
