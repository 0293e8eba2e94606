#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace atelier::weights {

/// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_hex(std::string_view text);

/// Of a file, read in pieces. Error NoInput "file.open" when it cannot be read, Io "file.read" when reading
/// fails.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace atelier::weights
