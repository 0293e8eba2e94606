#include "terminal.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "atelier/core/error.h"
#include "program.h"

namespace atelier::cli {
namespace {

constexpr std::size_t kLongestLine = 1000;
constexpr int kLookAgainMs = 100;

// One byte at a time: what follows the line belongs to the next question.
std::optional<std::string> read_line() {
  std::string line;
  while (true) {
    // A signal restarts read() but never poll(): Ctrl-C works while we wait for an answer. One that comes
    // just before poll() does not end it, so we look again now and then.
    pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    const int waited = ::poll(&ready, 1, kLookAgainMs);
    stop_if_interrupted();
    if (waited == 0 || (waited < 0 && errno == EINTR)) continue;
    char byte = 0;
    const ssize_t n = ::read(STDIN_FILENO, &byte, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (byte == '\n') return line;
    if (line.size() < kLongestLine) line += byte;
  }
}

}  // namespace

bool can_ask() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

void require_terminal(const std::string& instead) {
  if (can_ask()) return;
  throw Error(ErrorCode::Usage, "terminal.missing", "there is no terminal to ask questions on; " + instead);
}

std::optional<std::string> ask(const std::string& prompt) {
  std::cerr << prompt << std::flush;
  std::optional<std::string> line = read_line();
  if (!line) {
    std::cerr << std::endl;
    return std::nullopt;
  }
  const std::size_t start = line->find_first_not_of(" \t\r");
  if (start == std::string::npos) return std::string();
  return line->substr(start, line->find_last_not_of(" \t\r") - start + 1);
}

std::optional<std::string> ask_for(const std::string& prompt, const std::vector<std::string>& words) {
  while (true) {
    std::optional<std::string> line = ask(prompt);
    if (!line || std::ranges::find(words, *line) != words.end()) return line;
    std::string choice;
    for (const std::string& word : words) {
      if (!word.empty()) choice += (choice.empty() ? "" : ", ") + word;
    }
    std::cerr << "  please answer with one of: " << choice << std::endl;
  }
}

}  // namespace atelier::cli
