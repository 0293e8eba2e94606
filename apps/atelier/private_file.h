#pragma once

#include <filesystem>
#include <fstream>
#include <ostream>

namespace atelier::cli {

/// A file for its owner's eyes only (mode 0600) that appears whole under its name or not at all.
class PrivateFile {
 public:
  /// Error CannotCreate "file.create" when the folder takes no new file.
  explicit PrivateFile(const std::filesystem::path& path);
  ~PrivateFile();
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;

  std::ostream& stream() { return stream_; }
  /// Puts it in place. Error Io "file.write" when the disk did not take it all.
  void keep();

 private:
  std::filesystem::path path_, temporary_;
  std::ofstream stream_;
  bool kept_ = false;
};

}  // namespace atelier::cli
