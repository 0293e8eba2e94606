#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace atelier::test {

/// How a program ended and what it said.
struct ProgramResult {
  int status = 0;  ///< exit status, or 128 + signal
  std::string out, err;
};

struct RunOptions {
  std::filesystem::path folder = ".";         ///< working folder
  std::vector<std::string> environment = {};  ///< NAME=value, added to ours
  std::string input = {};                     ///< standard input
  std::filesystem::path output = {};          ///< where standard output goes instead of `out`
  std::vector<std::string> before = {};       ///< a command to start it with: {"setpriv", "--reuid=65534"}
  int interrupt_after_ms = -1;                ///< send SIGINT after this time
};

/// Runs `program` to its end.
ProgramResult run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const RunOptions& options = {});

}  // namespace atelier::test
