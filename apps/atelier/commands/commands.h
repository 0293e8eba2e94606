#pragma once

#include <CLI/CLI.hpp>

#include "program.h"

namespace atelier::cli {

/// A command adds a subcommand to `app` whose callback sets program.action; both outlive every action. A
/// command that needs LibTorch stands in backend_torch.cpp, every other one in the table of main.cpp.
void add_stylize(CLI::App& app, Program& program);
void add_styles(CLI::App& app, Program& program);
void add_taste(CLI::App& app, Program& program);
void add_evaluate(CLI::App& app, Program& program);
void add_info(CLI::App& app, Program& program);
void add_doctor(CLI::App& app, Program& program);
void add_bench(CLI::App& app, Program& program);
void add_advise(CLI::App& app, Program& program);
void add_train(CLI::App& app, Program& program);

}  // namespace atelier::cli
