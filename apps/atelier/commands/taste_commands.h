#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "program.h"

namespace atelier::cli {

/// Parts of `atelier taste`; each adds its commands to `taste`.
void add_taste_survey(CLI::App& taste, Program& program);
void add_taste_rate(CLI::App& taste, Program& program);
void add_taste_choose(CLI::App& taste, Program& program);
void add_taste_show(CLI::App& taste, Program& program);  ///< show and explain
void add_taste_code(CLI::App& taste, Program& program);
void add_taste_group(CLI::App& taste, Program& program);
void add_taste_segment(CLI::App& taste, Program& program);
void add_taste_population(CLI::App& taste, Program& program);  ///< release, use, forget, show, review
void add_taste_records(CLI::App& taste,
                       Program& program);  ///< undo, users, export, import, erase, consent, retention

}  // namespace atelier::cli
