#include "atelier/weights/sha256.h"

#include <sodium.h>

#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "atelier/core/error.h"

namespace atelier::weights {
namespace {

using Digest = std::array<unsigned char, crypto_hash_sha256_BYTES>;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

std::string sha256_hex(std::span<const std::byte> bytes) {
  Digest digest;
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hex(digest);
}

std::string sha256_hex(std::string_view text) {
  return sha256_hex(std::as_bytes(std::span(text.data(), text.size())));
}

std::string sha256_file(const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  std::error_code ignored;
  const std::unique_ptr<std::FILE, CloseFile> file(
      std::filesystem::is_regular_file(path, ignored) ? std::fopen(path.c_str(), "rb") : nullptr);
  if (!file) {
    throw Error(ErrorCode::NoInput, "file.open",
                name + ": cannot read; check that the file exists and is readable");
  }
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<unsigned char> piece(1 << 16);
  std::size_t count = 0;
  while ((count = std::fread(piece.data(), 1, piece.size(), file.get())) > 0) {
    crypto_hash_sha256_update(&state, piece.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    throw Error(ErrorCode::Io, "file.read", name + ": reading failed; check the disk");
  }
  Digest digest;
  crypto_hash_sha256_final(&state, digest.data());
  return hex(digest);
}

}  // namespace atelier::weights
