#include "atelier/inference/engine_model.h"
#include "backend.h"
#include "hand_over.h"

namespace atelier::cli {
namespace {

void add_elsewhere(CLI::App& app, Program& program, const char* name, const char* description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->fallthrough(false);
  command->prefix_command();  // its words, --help too, are for the other program
  command->set_help_flag();
  command->callback([&program] { program.action = [&program]() -> int { hand_over_to_torch(program); }; });
}

}  // namespace

void add_evaluate_pictures(CLI::App& evaluate, Program& program) {
  add_elsewhere(
      evaluate, program, "pictures",
      "Measure paintings: photos x styles by this model and others, with a report (program atelier-torch)");
}

void add_torch_commands(CLI::App& app, Program& program) {
  add_elsewhere(app, program, "train", "Train networks from photos and paintings (program atelier-torch)");
}

std::unique_ptr<const inference::StyleTransferModel> open_model(const model::ModelBundle& bundle,
                                                                const Program& program, int threads,
                                                                const weights::SafetensorsFile* generator) {
  if (program.device.rfind("cuda", 0) == 0) hand_over_to_torch(program);
  engine::EngineOptions options;
  options.threads = threads;
  return std::make_unique<inference::EngineModel>(bundle, options, generator);
}

std::vector<BenchRow> measure_rivals(const Program& program, const BenchPlan&) {
  hand_over_to_torch(program);
}

std::string backend_name() {
  return "engine";
}

}  // namespace atelier::cli
