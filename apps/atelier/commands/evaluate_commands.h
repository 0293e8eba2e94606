#pragma once

#include <CLI/CLI.hpp>

#include "program.h"

namespace atelier::cli {

/// Subcommands of `evaluate`. add_evaluate_pictures stands in backend.h: it needs LibTorch.
void add_evaluate_compare(CLI::App& evaluate, Program& program);
void add_evaluate_study(CLI::App& evaluate, Program& program);

}  // namespace atelier::cli
