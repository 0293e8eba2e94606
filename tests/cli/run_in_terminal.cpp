#include "run_in_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/temp_dir.h"

namespace atelier::test {
namespace {

constexpr int kPatienceMs = 120'000;

[[noreturn]] void become(const std::filesystem::path& program, std::vector<std::string> words,
                         const std::filesystem::path& out, const RunOptions& options) {
  const int file = ::open(out.c_str(), O_WRONLY | O_CREAT, 0644);
  if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0 || ::chdir(options.folder.c_str()) != 0) ::_exit(126);
  for (const std::string& variable : options.environment) {
    const std::size_t equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
  words.insert(words.begin(), program.string());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

bool has_pseudo_terminals() {
  int terminal = -1, other_end = -1;
  if (::openpty(&terminal, &other_end, nullptr, nullptr, nullptr) != 0) return false;
  ::close(terminal);
  ::close(other_end);
  return true;
}

ProgramResult run_in_terminal(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                              const TerminalScript& script, const RunOptions& options) {
  const TempDir streams;
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child < 0) throw std::runtime_error("forkpty failed");
  if (child == 0) become(program, arguments, streams / "out", options);

  std::string shown;
  std::size_t seen = 0, next = 0;
  int patience_ms = kPatienceMs;
  while (true) {
    pollfd ready{.fd = terminal, .events = POLLIN, .revents = 0};
    char chunk[4096];
    ssize_t n = -1;
    const int found = ::poll(&ready, 1, kPatienceMs);
    if (found < 0 && errno == EINTR) continue;
    if (found > 0) n = ::read(terminal, chunk, sizeof chunk);
    if (found == 0) patience_ms = 0;  // it is stuck
    if (n <= 0) break;                // or has ended
    shown.append(chunk, static_cast<std::size_t>(n));
    while (next < script.size()) {
      const std::size_t at = shown.find(script[next].first, seen);
      if (at == std::string::npos) break;
      seen = at + script[next].first.size();
      const std::string& typed = script[next++].second;
      if (::write(terminal, typed.data(), typed.size()) < 0) break;
    }
  }
  // It closes the terminal a little before it is gone, on a busy machine a good while.
  int status = 0, waited_ms = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (waited_ms >= patience_ms) ::kill(child, SIGKILL);
    ::usleep(10'000);
    waited_ms += 10;
  }
  ::close(terminal);
  std::ostringstream out;
  out << std::ifstream(streams / "out", std::ios::binary).rdbuf();
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out.str(), shown};
}

}  // namespace atelier::test
