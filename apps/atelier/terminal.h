#pragma once

#include <optional>
#include <string>
#include <vector>

namespace atelier::cli {

/// True when a person can be asked: standard input and standard error are a terminal.
bool can_ask();
/// Error Usage "terminal.missing" when not; `instead` says what to type without a terminal.
void require_terminal(const std::string& instead);

/// Prints `prompt` on stderr and reads a line, without spaces at its ends. Nothing at the end of the input
/// (Ctrl-D). Throws Interrupted. Only the first 1000 bytes of a line count.
std::optional<std::string> ask(const std::string& prompt);

/// Asks until the line is one of `words`; nothing at the end of the input.
std::optional<std::string> ask_for(const std::string& prompt, const std::vector<std::string>& words);

}  // namespace atelier::cli
