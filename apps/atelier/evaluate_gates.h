#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "atelier/evaluation/pictures/quality_gate.h"

namespace atelier::cli {

/// The option --fail-if.
void add_gate_option(CLI::App& command, std::vector<std::string>& gates);

std::vector<evaluation::QualityGate> parse_gates(const std::vector<std::string>& texts);

/// Says on stderr which gates the run fails; true when none.
bool gates_passed(const std::vector<evaluation::QualityGate>& gates,
                  const evaluation::PictureSummary& summary, const std::string& run);

}  // namespace atelier::cli
