#include "evaluate_gates.h"

#include <cstdio>

#include "atelier/core/error.h"
#include "options.h"

namespace atelier::cli {

void add_gate_option(CLI::App& command, std::vector<std::string>& gates) {
  add_repeatable(command, "--fail-if", gates,
                 "End with status 1 when this is so: \"style>0.3\", \"MicroAST:lpips_alex>=0.6\"; repeat it")
      ->type_name("CONDITION");
}

std::vector<evaluation::QualityGate> parse_gates(const std::vector<std::string>& texts) {
  std::vector<evaluation::QualityGate> gates;
  for (const std::string& text : texts) gates.push_back(evaluation::QualityGate::parse(text));
  return gates;
}

bool gates_passed(const std::vector<evaluation::QualityGate>& gates,
                  const evaluation::PictureSummary& summary, const std::string& run) {
  bool passed = true;
  for (const evaluation::QualityGate& gate : gates) {
    const double value = gate.value_in(summary);
    if (!gate.is_hit(value)) continue;
    std::fprintf(stderr, "atelier: %s: failed, %s (it is %.4g)\n", printable(run).c_str(),
                 printable(gate.text).c_str(), value);
    passed = false;
  }
  return passed;
}

}  // namespace atelier::cli
