#include "storage/child_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <stdexcept>

namespace atelier::storage::test {

ChildProcess::ChildProcess(const std::function<void(int)>& work) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(ends[0]);
    try {
      work(ends[1]);
    } catch (const std::exception& error) {
      write_line(ends[1], std::string("threw ") + error.what());
    }
    ::_exit(0);  // the parent's objects are not this process's to end
  }
  ::close(ends[1]);
  pipe_ = ends[0];
  if (pid_ < 0) throw std::runtime_error("no process");
}

ChildProcess::~ChildProcess() {
  kill();
  ::waitpid(pid_, nullptr, 0);
  ::close(pipe_);
}

void ChildProcess::kill() {
  ::kill(pid_, SIGKILL);
}

void ChildProcess::wait_for_output() {
  char byte = 0;
  if (::read(pipe_, &byte, 1) == 1) read_ += byte;
}

std::string ChildProcess::read_all() {
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(pipe_, buffer, sizeof buffer)) > 0;) {
    read_.append(buffer, static_cast<std::size_t>(n));
  }
  return read_;
}

void write_line(int pipe, const std::string& line) {
  const std::string text = line + "\n";
  if (::write(pipe, text.data(), text.size()) < 0) ::_exit(1);
}

}  // namespace atelier::storage::test
