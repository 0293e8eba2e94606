#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "atelier/inference/style_transfer_model.h"
#include "benchmark.h"
#include "program.h"

namespace atelier::cli {

/// What differs between the two programs. `atelier` links backend_engine.cpp: it computes on the engine and
/// hands the rest over. `atelier-torch` links backend_torch.cpp.

/// `evaluate pictures`, which needs LibTorch.
void add_evaluate_pictures(CLI::App& evaluate, Program& program);

/// Adds the commands that need LibTorch.
void add_torch_commands(CLI::App& app, Program& program);

/// The bundle's networks on program.device, each call on `threads` threads. `generator`: weights to use in
/// place of the bundle's own, read here and not kept; none: the bundle's.
std::unique_ptr<const inference::StyleTransferModel> open_model(
    const model::ModelBundle& bundle, const Program& program, int threads,
    const weights::SafetensorsFile* generator = nullptr);

/// The rivals' networks on the same sizes and threads, for `bench`.
std::vector<BenchRow> measure_rivals(const Program& program, const BenchPlan& plan);

/// "engine", or "engine and LibTorch 1.13.1": what this program computes with.
std::string backend_name();

}  // namespace atelier::cli
