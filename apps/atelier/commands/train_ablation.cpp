#include <iostream>

#include "atelier/core/cancel.h"
#include "atelier/core/log.h"
#include "atelier/tensor/device.h"
#include "atelier/training/ablation.h"
#include "json_output.h"
#include "table.h"
#include "train_commands.h"

namespace atelier::cli {

int train_ablation(const Program& program, const std::filesystem::path& file, double minutes,
                   const training::RunFlags& flags) {
  nlohmann::json json = training::read_config(file);
  if (minutes > 0 && json.is_object()) json["minutes"] = minutes;
  const training::AblationPlan plan = training::AblationPlan::parse(json);
  tensor::prepare_runtime(program.resolved_threads());
  const training::AblationReport report =
      training::run_ablation(plan, flags, [](const training::AblationRow& row) {
        spdlog::info("{}: {}", row.name, row.failure.empty() ? "trained and judged" : row.failure);
      });
  if (program.json) {
    print_json(report.to_json());
  } else {
    std::cout << format_table(report.table()) << (plan.run / "ablation.html").string() << "\n";
  }
  const int signal = pending_signal();
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace atelier::cli
