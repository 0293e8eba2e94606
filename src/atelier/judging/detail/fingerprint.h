#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace atelier::judging {

/// A line with the size and the time of a file: changes when the file does.
inline std::string fingerprint_line(const std::string& name, const std::filesystem::path& file) {
  std::error_code error;
  return fmt::format("{} {} {}\n", name, std::filesystem::file_size(file, error),
                     std::filesystem::last_write_time(file, error).time_since_epoch().count());
}

}  // namespace atelier::judging
