#pragma once

#include <CLI/CLI.hpp>

#include "program.h"

namespace atelier::cli {

/// The parts of `styles` that find, paint or draw; each adds its subcommand.
void add_styles_list(CLI::App& styles, Program& program);
void add_styles_show(CLI::App& styles, Program& program);
void add_styles_map(CLI::App& styles, Program& program);
void add_styles_draw(CLI::App& styles, Program& program);
void add_styles_thumbnails(CLI::App& styles, Program& program);
void add_styles_between(CLI::App& styles, Program& program);

}  // namespace atelier::cli
