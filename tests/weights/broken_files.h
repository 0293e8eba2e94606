#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace atelier::test {

/// A file as an attacker or an accident would make it, and the id of the error it must end in.
struct BrokenFile {
  std::string name;
  std::string error;
  std::string bytes;
};

inline std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes + rest;
}

/// A file with this header, its true length, and `data_bytes` zeros.
inline std::string with_header(const std::string& header, std::size_t data_bytes = 0) {
  return with_length(header.size(), header + std::string(data_bytes, '\0'));
}

inline std::string tensor_json(const std::string& dtype, const std::string& shape,
                               const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

inline std::string one_tensor(const std::string& dtype, const std::string& shape, const std::string& offsets,
                              std::size_t data_bytes) {
  return with_header(R"({"a":)" + tensor_json(dtype, shape, offsets) + "}", data_bytes);
}

inline std::string two_tensors(const std::string& offsets_a, const std::string& offsets_b,
                               std::size_t data_bytes) {
  return with_header(R"({"a":)" + tensor_json("F32", "[2]", offsets_a) + R"(,"b":)" +
                         tensor_json("F32", "[2]", offsets_b) + "}",
                     data_bytes);
}

inline std::vector<BrokenFile> broken_files() {
  using namespace std::string_literals;
  const std::string good = tensor_json("F32", "[2]", "[0,8]");
  return {
      {"pickle-2", "model.format", "\x80\x02}q\x00X\x05\x00\x00\x00model"s},
      {"pickle-5", "model.format", "\x80\x05\x95\x10\x00\x00\x00\x00\x00\x00\x00}."s},
      {"zip", "model.format", "PK\x03\x04\x00\x00\x08\x08\x00\x00archive/data.pkl"s},
      {"zip-empty", "model.format", "PK\x05\x06"s + std::string(18, '\0')},
      {"gzip", "model.format", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"s},
      {"hdf5", "model.format", "\x89HDF\r\n\x1a\n\x00\x00\x00\x00"s},

      {"empty", "model.header", ""},
      {"seven-bytes", "model.header", std::string(7, '\1')},
      {"length-zero", "model.header", with_length(0, "{}")},
      {"length-beyond-file", "model.header", with_length(100, "{}")},
      {"length-beyond-limit", "model.header", with_length((8u << 20) + 1, "{}")},
      {"length-two-to-63", "model.header", with_length(std::uint64_t{1} << 63, "{}")},
      {"length-all-ones", "model.header", with_length(~std::uint64_t{0}, "{}")},
      {"not-json", "model.header", with_header("{a tensor}")},
      {"no-brace", "model.header", with_header(R"( {"a":1})")},
      {"array", "model.header", with_header("[1,2]")},
      {"cut-json", "model.header", with_header(R"({"a":{"dtype":"F32")")},
      {"two-documents", "model.header", with_header("{}{}")},
      {"tensor-twice", "model.header", with_header(R"({"a":)" + good + R"(,"a":)" + good + "}", 8)},
      {"key-twice", "model.header",
       with_header(R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8)},
      {"metadata-key-twice", "model.header", with_header(R"({"__metadata__":{"k":"1","k":"2"}})")},
      {"metadata-number", "model.header", with_header(R"({"__metadata__":{"k":1}})")},
      {"metadata-nested", "model.header", with_header(R"({"__metadata__":{"k":{}}})")},
      {"depth-arrays", "model.header", with_header("{\"a\":" + std::string(3000, '['))},
      {"depth-objects", "model.header",
       [] {
         std::string bomb = "{";
         for (int i = 0; i < 500; ++i) bomb += R"("a":{)";
         return with_header(bomb);
       }()},
      {"depth-shape", "model.header", one_tensor("F32", "[[2]]", "[0,8]", 8)},
      {"bad-utf8", "model.header", with_header("{\"a\xff\":" + good + "}", 8)},
      {"overlong-utf8", "model.header", with_header("{\"\xc0\xaf\":" + good + "}", 8)},
      {"unknown-key", "model.header",
       with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"run":"me"}})", 8)},
      {"missing-shape", "model.header", with_header(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8)},
      {"empty-name", "model.header", with_header(R"({"":)" + good + "}", 8)},
      {"null-tensor", "model.header", with_header(R"({"a":null})")},
      {"dtype-number", "model.header",
       with_header(R"({"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}})", 8)},
      {"shape-text", "model.header", one_tensor("F32", R"("2")", "[0,8]", 8)},

      {"overlap", "model.layout", two_tensors("[0,8]", "[4,12]", 12)},
      {"same-bytes", "model.layout", two_tensors("[0,8]", "[0,8]", 8)},
      {"hole", "model.layout", two_tensors("[0,8]", "[12,20]", 20)},
      {"hole-at-start", "model.layout", one_tensor("F32", "[2]", "[4,12]", 12)},
      {"trailing-bytes", "model.layout", one_tensor("F32", "[2]", "[0,8]", 9)},
      {"data-without-tensors", "model.layout", with_header("{}", 1)},
      {"out-of-range", "model.layout", one_tensor("F32", "[2]", "[0,8]", 7)},
      {"far-out-of-range", "model.layout",
       one_tensor("F32", "[2]", "[18446744073709551600,18446744073709551608]", 8)},
      {"reversed", "model.layout", one_tensor("F32", "[2]", "[8,0]", 8)},
      {"huge", "model.layout", one_tensor("F32", "[1099511627776]", "[0,4398046511104]", 8)},
      {"size-overflow", "model.layout", one_tensor("F32", "[4294967296,4294967296]", "[0,0]", 0)},
      {"size-overflow-to-eight", "model.layout", one_tensor("I64", "[2305843009213693953]", "[0,8]", 8)},
      {"shape-mismatch", "model.layout", one_tensor("F32", "[3]", "[0,8]", 8)},
      {"dtype-mismatch", "model.layout", one_tensor("F16", "[2]", "[0,8]", 8)},
      {"negative-dimension", "model.layout", one_tensor("F32", "[-2]", "[0,8]", 8)},
      {"two-negatives", "model.layout", one_tensor("F32", "[-1,-2]", "[0,8]", 8)},
      {"fractional-dimension", "model.layout", one_tensor("F32", "[2.0]", "[0,8]", 8)},
      {"dimension-above-int64", "model.layout", one_tensor("F32", "[9223372036854775808]", "[0,8]", 8)},
      {"dimension-above-uint64", "model.layout", one_tensor("F32", "[99999999999999999999]", "[0,8]", 8)},
      {"negative-offset", "model.layout", one_tensor("F32", "[2]", "[-8,0]", 8)},
      {"one-offset", "model.layout", one_tensor("F32", "[2]", "[8]", 8)},
      {"unknown-dtype", "model.layout", one_tensor("F8_E4M3", "[2]", "[0,8]", 8)},
      {"rank-nine", "model.layout", one_tensor("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]", 8)},
  };
}

/// Files that must parse.
inline std::vector<BrokenFile> good_files() {
  return {
      {"no-tensors", "", with_header("{}")},
      {"padded", "", with_header("{}      ")},
      {"scalar", "", one_tensor("F32", "[]", "[0,4]", 4)},
      {"no-elements", "", one_tensor("F32", "[0,5]", "[0,0]", 0)},
      {"two", "", two_tensors("[8,16]", "[0,8]", 16)},
      {"unaligned", "",
       with_header(R"({"a":)" + tensor_json("F16", "[1]", "[0,2]") + R"(,"b":)" +
                       tensor_json("I64", "[1]", "[2,10]") + "}",
                   10)},
      {"bfloat", "", one_tensor("BF16", "[4,1,1]", "[0,8]", 8)},
      {"metadata", "", with_header(R"({"__metadata__":{"made":"here","née":"ü"}})")},
      // Its length's first bytes are a pickle's: 0x0280.
      {"looks-like-pickle", "", with_header("{" + std::string(638, ' ') + "}")},
      {"rank-eight", "", one_tensor("F32", "[1,1,1,1,1,1,1,2]", "[0,8]", 8)},
  };
}

}  // namespace atelier::test
