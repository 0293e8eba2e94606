#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace atelier::storage::test {

/// A process of its own that runs `work` with the end of a pipe to write lines to; killed and waited for when
/// it goes.
class ChildProcess {
 public:
  explicit ChildProcess(const std::function<void(int pipe)>& work);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void kill();             ///< SIGKILL
  std::string read_all();  ///< what it wrote until it ended
  /// Waits until it wrote something.
  void wait_for_output();

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string read_;
};

void write_line(int pipe, const std::string& line);

}  // namespace atelier::storage::test
