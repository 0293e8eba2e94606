#pragma once

#include <CLI/CLI.hpp>

#include "program.h"

namespace atelier::cli {

/// The parts of `styles` that paint; each adds its subcommand.
void add_styles_map(CLI::App& styles, Program& program);
void add_styles_between(CLI::App& styles, Program& program);

}  // namespace atelier::cli
