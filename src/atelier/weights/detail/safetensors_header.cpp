#include "atelier/weights/detail/safetensors_header.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "atelier/core/error.h"

namespace atelier::weights::detail {
namespace {

constexpr std::size_t kMaxNameBytes = 1024;

std::optional<DType> dtype_named(std::string_view name) {
  for (const DType dtype : {DType::F32, DType::F16, DType::BF16, DType::I64}) {
    if (name == name_of(dtype)) return dtype;
  }
  return std::nullopt;
}

// Names come from the file: long ones are cut and control characters replaced before they reach a message.
std::string shown(const std::string& text) {
  return "'" + printable(text.size() <= 80 ? text : text.substr(0, 77) + "...") + "'";
}

/// Receives the header's JSON tokens. Where we are is the one state; every token that does not belong there
/// is an error, so nesting never exceeds three levels.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  HeaderReader(const std::string& file, const Limits& limits) : file_(file), limits_(limits) {}

  Header take() { return std::move(header_); }

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("true or false"); }
  bool binary(binary_t&) override { unexpected("binary data"); }

  bool number_integer(number_integer_t value) override {  // only negative ones arrive here
    bad_number(std::to_string(value));
  }

  bool number_float(number_float_t, const string_t& text) override { bad_number(text); }

  bool number_unsigned(number_unsigned_t value) override {
    if (where_ == Where::Shape) {
      if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
        bad_number(std::to_string(value));
      }
      if (record().shape.size() == limits_.rank) {
        layout("tensor " + shown(record().name) + " has more than " + std::to_string(limits_.rank) +
               " dimensions");
      }
      record().shape.push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (where_ == Where::Offsets && offsets_read_ < 2) {
      (offsets_read_ == 0 ? record().begin : record().end) = value;
      ++offsets_read_;
      return true;
    }
    unexpected("a number");
  }

  bool string(string_t& value) override {
    if (where_ == Where::Metadata) {
      header_.metadata[key_] = value;
      return true;
    }
    if (where_ == Where::Tensor && key_ == "dtype") {
      const std::optional<DType> dtype = dtype_named(value);
      if (!dtype) {
        layout("tensor " + shown(record().name) + " has the element type " + shown(value) +
               "; Atelier reads F32, F16, BF16 and I64");
      }
      record().dtype = *dtype;
      return true;
    }
    unexpected("a string");
  }

  bool start_object(std::size_t) override {
    if (where_ == Where::Outside) {
      where_ = Where::Root;
      return true;
    }
    if (where_ != Where::Root) unexpected("an object");
    fields_.clear();
    if (key_ == "__metadata__") {
      where_ = Where::Metadata;
      return true;
    }
    if (header_.tensors.size() == limits_.tensors) {
      layout("more than " + std::to_string(limits_.tensors) + " tensors");
    }
    header_.tensors.push_back({.name = key_, .shape = {}});
    where_ = Where::Tensor;
    return true;
  }

  bool key(string_t& name) override {
    std::set<std::string>& seen = where_ == Where::Root ? names_ : fields_;
    if (!seen.insert(name).second) broken("the key " + shown(name) + " appears twice");
    if (where_ == Where::Root && (name.empty() || name.size() > kMaxNameBytes)) {
      broken("a tensor's name is empty or longer than " + std::to_string(kMaxNameBytes) + " bytes");
    }
    if (where_ == Where::Tensor && name != "dtype" && name != "shape" && name != "data_offsets") {
      broken("tensor " + shown(record().name) + " has the unknown key " + shown(name));
    }
    key_ = name;
    return true;
  }

  bool end_object() override {
    if (where_ == Where::Tensor && fields_.size() != 3) {
      broken("tensor " + shown(record().name) + " lacks one of dtype, shape, data_offsets");
    }
    where_ = where_ == Where::Root ? Where::Outside : Where::Root;
    return true;
  }

  bool start_array(std::size_t) override {
    if (where_ != Where::Tensor || key_ == "dtype") unexpected("an array");
    where_ = key_ == "shape" ? Where::Shape : Where::Offsets;
    offsets_read_ = 0;
    return true;
  }

  bool end_array() override {
    if (where_ == Where::Offsets && offsets_read_ != 2) {
      layout("tensor " + shown(record().name) + " needs two data_offsets");
    }
    where_ = Where::Tensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    broken("it is not valid JSON in UTF-8 near byte " + std::to_string(position));
  }

 private:
  enum class Where { Outside, Root, Metadata, Tensor, Shape, Offsets };

  TensorRecord& record() { return header_.tensors.back(); }

  [[noreturn]] void broken(const std::string& cause) const {
    throw Error(ErrorCode::BadData, "model.header",
                file_ + ": the safetensors header is broken: " + cause + "; get the file again");
  }
  [[noreturn]] void layout(const std::string& cause) const {
    throw Error(ErrorCode::BadData, "model.layout", file_ + ": " + cause + "; get the file again");
  }
  [[noreturn]] void unexpected(const std::string& what) const {
    broken(what + " stands where it does not belong");
  }
  [[noreturn]] void bad_number(const std::string& text) {
    if (where_ != Where::Shape && where_ != Where::Offsets) unexpected("a number");
    layout("tensor " + shown(record().name) + " has the " +
           (where_ == Where::Shape ? "dimension " : "offset ") + shown(text) +
           ", which is not a possible size");
  }

  const std::string& file_;
  const Limits& limits_;
  Header header_;
  Where where_ = Where::Outside;
  std::string key_;
  std::set<std::string> names_, fields_;
  int offsets_read_ = 0;
};

// Bytes of a tensor, or nothing when the product leaves 64 bits.
std::optional<std::uint64_t> bytes_of(const TensorRecord& record) {
  std::uint64_t bytes = size_of(record.dtype);
  for (const std::int64_t dimension : record.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dimension), &bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace

Header parse_header(std::string_view json, const std::string& file, const Limits& limits) {
  HeaderReader reader(file, limits);
  nlohmann::json::sax_parse(json, &reader);
  return reader.take();
}

void require_exact_cover(std::vector<TensorRecord> tensors, std::uint64_t data_bytes,
                         const std::string& file) {
  const auto refuse = [&](const std::string& cause) {
    throw Error(ErrorCode::BadData, "model.layout", file + ": " + cause + "; get the file again");
  };
  std::sort(tensors.begin(), tensors.end(), [](const TensorRecord& a, const TensorRecord& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const TensorRecord& tensor : tensors) {
    const std::string who = "tensor " + shown(tensor.name);
    if (tensor.end < tensor.begin) refuse(who + " ends before it begins");
    if (tensor.end > data_bytes)
      refuse(who + " ends behind the end of the file, which was cut short or damaged");
    const std::optional<std::uint64_t> bytes = bytes_of(tensor);
    if (!bytes) refuse(who + " has a shape whose size overflows");
    if (*bytes != tensor.end - tensor.begin) {
      refuse(who + " of shape " + shape_text(tensor.shape) + " needs " + std::to_string(*bytes) +
             " bytes but has " + std::to_string(tensor.end - tensor.begin));
    }
    if (tensor.begin < covered) refuse(who + " overlaps another tensor");
    if (tensor.begin > covered) refuse("there is a hole before " + who);
    covered = tensor.end;
  }
  if (covered != data_bytes) {
    refuse(std::to_string(data_bytes - covered) + " bytes at the end belong to no tensor");
  }
}

}  // namespace atelier::weights::detail
