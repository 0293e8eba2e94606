#include "private_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "atelier/core/error.h"

namespace atelier::cli {

PrivateFile::PrivateFile(const std::filesystem::path& path) : path_(path), temporary_(path) {
  temporary_ += "." + std::to_string(::getpid()) + ".tmp";
  const int file = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    throw Error(ErrorCode::CannotCreate, "file.create",
                printable(path.string()) + ": cannot create the file: " + std::strerror(errno) +
                    "; check that the folder exists and is writable");
  }
  ::close(file);
  stream_.open(temporary_, std::ios::binary);
}

PrivateFile::~PrivateFile() {
  std::error_code ignored;
  if (!kept_) std::filesystem::remove(temporary_, ignored);
}

void PrivateFile::keep() {
  stream_.close();
  const int file = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!stream_ || !synced || ::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw Error(ErrorCode::Io, "file.write",
                printable(path_.string()) + ": writing failed; is the disk full?");
  kept_ = true;
}

}  // namespace atelier::cli
