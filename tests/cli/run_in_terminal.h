#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "run_program.h"

namespace atelier::test {

/// What a person does at a terminal: waits for a text and types. The texts are waited for one after the
/// other.
using TerminalScript = std::vector<std::pair<std::string, std::string>>;

/// Runs `program` with a terminal as standard input and standard error; standard output is a file as ever.
/// `err` of the result is all that the terminal showed. A program that waits for what the script does not say
/// is ended after two minutes.
ProgramResult run_in_terminal(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                              const TerminalScript& script, const RunOptions& options);

/// Whether this system gives out pseudo-terminals: a container without /dev/pts does not.
bool has_pseudo_terminals();

}  // namespace atelier::test
