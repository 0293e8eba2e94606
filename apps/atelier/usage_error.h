#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "program.h"

namespace atelier::cli {

/// One line for a command line that could not be read, with the nearest command or option when a word was
/// mistyped.
std::string explain_usage_error(const CLI::ParseError& error, const CLI::App& app, const Program& program);

}  // namespace atelier::cli
