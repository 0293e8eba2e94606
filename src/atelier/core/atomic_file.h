#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace atelier {

/// Writes `bytes` to `path` so that a reader sees the old file or the whole new one, also after kill -9 or a
/// power cut: temporary name in the same folder, fsync, rename, fsync of the folder. Throws Error
/// CannotCreate when the folder does not take a new file, Io when writing fails (disk full); no temporary
/// file stays behind.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// The whole file. Throws Error NoInput when it is missing, unreadable or not a regular file, BadData when it
/// is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace atelier
