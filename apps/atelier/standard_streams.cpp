#include "standard_streams.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "atelier/core/error.h"
#include "program.h"

namespace atelier::cli {

std::vector<std::byte> read_standard_input(std::uintmax_t max_bytes) {
  std::vector<std::byte> bytes;
  std::array<std::byte, 65536> chunk;
  while (true) {
    // A signal restarts read() but never poll(): Ctrl-C works while we wait for a slow pipe.
    pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    const int waited = ::poll(&ready, 1, -1);
    stop_if_interrupted();
    if (waited < 0 && errno == EINTR) continue;
    const ssize_t n = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      throw Error(ErrorCode::Io, "input.read",
                  std::string("standard input cannot be read: ") + std::strerror(errno));
    }
    if (n == 0) return bytes;
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + n);
    if (bytes.size() > max_bytes) {
      throw Error(
          ErrorCode::BadData, "input.too_big",
          "standard input holds more than " + std::to_string(max_bytes >> 20) + " MiB; is it a picture?");
    }
  }
}

void write_standard_output(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      throw Error(ErrorCode::Io, "output.write",
                  std::string("standard output does not take the picture: ") + std::strerror(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace atelier::cli
