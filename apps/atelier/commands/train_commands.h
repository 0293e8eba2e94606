#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

#include "atelier/training/trainer.h"
#include "program.h"

namespace atelier::cli {

/// `train base --ablate FILE`: the variations of a plan, one after the other. `minutes` above 0 replaces the
/// plan's.
int train_ablation(const Program& program, const std::filesystem::path& plan, double minutes,
                   const training::RunFlags& flags);

/// `train report RUN`.
void add_train_report(CLI::App& train, Program& program);

}  // namespace atelier::cli
