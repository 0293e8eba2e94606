#include "atelier/core/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "atelier/core/error.h"

namespace atelier {
namespace {

// Closes on every path; close() has no error worth handling once fsync has succeeded.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string system_message(int error) {
  return std::strerror(error);
}

void sync_folder(const std::filesystem::path& folder) {
  FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) ::fsync(fd.get());
}

void write_all(int fd, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      throw Error(ErrorCode::Io, "file.write",
                  printable(path.string()) + ": writing failed: " + system_message(errno) +
                      "; free some space or choose another folder");
    }
    done += static_cast<std::size_t>(n);
  }
  // A failed fsync is final: the kernel may have dropped the pages, so the file is thrown away, never
  // retried.
  if (::fsync(fd) != 0) {
    throw Error(ErrorCode::Io, "file.sync",
                printable(path.string()) + ": the disk did not keep the data: " + system_message(errno));
  }
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const std::filesystem::path temporary =
      folder / ("." + path.filename().string() + "." + std::to_string(::getpid()) + "." +
                std::to_string(counter.fetch_add(1)) + ".tmp");
  FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (fd.get() < 0) {
    throw Error(ErrorCode::CannotCreate, "file.create",
                printable(path.string()) + ": cannot create the file: " + system_message(errno) +
                    "; check that the folder exists and is writable");
  }
  try {
    write_all(fd.get(), bytes, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      throw Error(ErrorCode::CannotCreate, "file.rename",
                  printable(path.string()) + ": cannot put the file in place: " + system_message(errno));
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(folder);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

std::string read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const std::string name = printable(path.string());
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) {
    throw Error(ErrorCode::NoInput, "file.open", name + ": cannot read: " + system_message(errno));
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::NoInput, "file.kind", name + ": not a regular file; give a plain file");
  }
  if (static_cast<unsigned long long>(info.st_size) > max_bytes) {
    throw Error(ErrorCode::BadData, "file.too_big",
                name + ": larger than the limit of " + std::to_string(max_bytes) + " bytes");
  }
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t n = ::read(fd.get(), content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(ErrorCode::Io, "file.read", name + ": reading failed: " + system_message(errno));
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  content.resize(done);
  return content;
}

}  // namespace atelier
