#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "atelier/core/atomic_file.h"
#include "atelier/training/training_report.h"
#include "json_output.h"
#include "train_commands.h"

namespace atelier::cli {
namespace {

struct TrainReport {
  std::filesystem::path run, output, curve;
};

int train_report(const Program& program, const TrainReport& command) {
  const auto output = command.output.empty() ? command.run / "report.html" : command.output;
  write_file_atomically(output, training::training_report(command.run));
  if (!command.curve.empty())
    write_file_atomically(command.curve, training::training_curve(command.run).dump(1) + "\n");
  if (program.json) {
    nlohmann::json result = {{"schema", 1}, {"report", output.string()}};
    if (!command.curve.empty()) result["curve"] = command.curve.string();
    print_json(result);
  } else {
    std::cout << output.string() << "\n";
    if (!command.curve.empty()) std::cout << command.curve.string() << "\n";
  }
  return 0;
}

}  // namespace

void add_train_report(CLI::App& train, Program& program) {
  CLI::App* command =
      train.add_subcommand("report", "Write the report of a training: curves, sheets, what the doctor said");
  const auto options = std::make_shared<TrainReport>();
  command->add_option("RUN", options->run, "Run folder of the training, also while it runs")
      ->type_name("")
      ->required();
  command->add_option("-o,--output", options->output, "HTML file to write; default: RUN/report.html")
      ->type_name("FILE");
  command
      ->add_option("--curve", options->curve,
                   "Also write how the losses fell, as JSON: training-curve.json beside a model's manifest "
                   "is what 'advise' reads")
      ->type_name("FILE");
  command->footer(
      "  atelier train report runs/base\n  atelier train report runs/base --curve "
      "models/base/training-curve.json");
  command->callback([&program, options] {
    program.action = [&program, options] { return train_report(program, *options); };
  });
}

}  // namespace atelier::cli
