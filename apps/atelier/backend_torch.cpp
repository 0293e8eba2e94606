#include <torch/torch.h>

#include <optional>

#include "atelier/inference/engine_model.h"
#include "atelier/inference/torch/torch_model.h"
#include "atelier/nn/micro_ast.h"
#include "atelier/nn/transformer_net.h"
#include "atelier/tensor/device.h"
#include "backend.h"
#include "commands/commands.h"

namespace atelier::cli {

void add_torch_commands(CLI::App& app, Program& program) {
  add_train(app, program);
}

std::unique_ptr<const inference::StyleTransferModel> open_model(const model::ModelBundle& bundle,
                                                                const Program& program, int threads,
                                                                const weights::SafetensorsFile* generator) {
  if (program.device != "cpu")
    return std::make_unique<inference::TorchModel>(bundle, program.device, threads, generator);
  engine::EngineOptions options;
  options.threads = threads;
  return std::make_unique<inference::EngineModel>(bundle, options, generator);
}

std::vector<BenchRow> measure_rivals(const Program& program, const BenchPlan& plan) {
  const c10::InferenceMode inference;
  torch::manual_seed(program.seed);
  const nn::TransformerNet transformer;
  const nn::MicroAst micro_ast(std::nullopt);
  const nn::MicroAst::Style style = micro_ast.encode(torch::rand({1, 3, 512, 512}));
  std::vector<BenchRow> rows;
  for (const int threads : plan.threads) {
    tensor::prepare_runtime(threads);
    for (const auto& [width, height] : plan.sizes) {
      const at::Tensor content = torch::rand({1, 3, height, width});
      const auto time = [&](const char* name, auto paint) {
        rows.push_back({name, width, height, threads, median_milliseconds(plan.runs, paint), 0, 0});
      };
      time("fast-neural-style", [&] { transformer(content); });
      time("MicroAST", [&] { micro_ast(content, style); });
    }
  }
  return rows;
}

std::string backend_name() {
  return "engine and LibTorch " TORCH_VERSION;
}

}  // namespace atelier::cli
