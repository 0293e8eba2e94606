#pragma once

#include <stdexcept>
#include <string>

namespace atelier {

/// Why something failed. Each code has one process exit status (see exit_status), taken from sysexits.
enum class ErrorCode {
  Usage,         ///< 2: the command line or an argument is wrong
  BadData,       ///< 65: an input file is broken, of a refused format or beyond a limit
  NoInput,       ///< 66: an input does not exist or cannot be read
  Unavailable,   ///< 69: something optional that is needed here is not installed or not built in
  Internal,      ///< 70: a bug of ours, or training that cannot go on
  CannotCreate,  ///< 73: an output cannot be created
  Io,            ///< 74: reading or writing failed half-way (disk full, broken device)
  TryAgain,      ///< 75: busy or locked by another process
  NotPermitted,  ///< 77: forbidden by the system
  Config,        ///< 78: a configuration file is wrong
};

/// The one exception of the house. `id` is a stable dotted name ("image.truncated") for tests and machines;
/// what() is one line for a person that names the file or option, the cause and the cure.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string id, const std::string& message)
      : std::runtime_error(message), code_(code), id_(std::move(id)) {}

  ErrorCode code() const { return code_; }
  const std::string& id() const { return id_; }

 private:
  ErrorCode code_;
  std::string id_;
};

/// The exit status a program ends with when it fails with this code.
int exit_status(ErrorCode code);

/// Text with control characters (newlines, escapes) replaced by '?', so that a file name cannot forge a log
/// line.
std::string printable(const std::string& text);

}  // namespace atelier
