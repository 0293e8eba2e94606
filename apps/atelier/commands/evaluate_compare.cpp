#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/evaluation/pictures/quality_gate.h"
#include "atelier/evaluation/pictures/run_comparison.h"
#include "atelier/report/html_page.h"
#include "commands/evaluate_commands.h"
#include "evaluate_gates.h"
#include "json_output.h"
#include "options.h"
#include "table.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSummaryBytes = std::size_t{64} << 20;

struct EvaluateCompare {
  std::vector<std::string> files, metrics, gates;
  std::string html;
};

// A summary by its file or by the folder that holds it.
evaluation::NamedRun read_run(const std::string& given) {
  std::error_code ignored;
  const fs::path file = fs::is_directory(given, ignored) ? fs::path(given) / "summary.json" : fs::path(given);
  const fs::path folder = fs::absolute(file, ignored).parent_path();
  const std::string name =
      file.filename() == "summary.json" ? folder.filename().string() : file.stem().string();
  return {name, evaluation::PictureSummary::parse(read_file(file, kMostSummaryBytes), file.string())};
}

std::string page_of(const evaluation::RunComparison& comparison) {
  report::HtmlPage page("Runs compared");
  for (const std::string& note : comparison.notes) page.note(note, report::HtmlPage::Tone::Bad);
  page.table(comparison.header, comparison.rows);
  page.paragraph("Means with 95 % intervals over photos and styles.");
  return page.str();
}

nlohmann::json json_of(const std::vector<evaluation::NamedRun>& runs,
                       const evaluation::RunComparison& comparison) {
  nlohmann::json list = nlohmann::json::array();
  for (const evaluation::NamedRun& run : runs)
    list.push_back({{"run", run.name}, {"summary", run.summary.to_json()}});
  return {{"schema", 1}, {"runs", std::move(list)}, {"notes", comparison.notes}};
}

int evaluate_compare(const Program& program, const EvaluateCompare& command) {
  std::vector<evaluation::QualityGate> gates = parse_gates(command.gates);
  std::vector<evaluation::NamedRun> runs;
  for (const std::string& file : command.files) runs.push_back(read_run(file));
  const auto comparison = evaluation::RunComparison::of(runs, command.metrics);
  if (!command.html.empty()) write_file_atomically(command.html, page_of(comparison));
  if (program.json) {
    print_json(json_of(runs, comparison));
  } else {
    std::vector<std::vector<std::string>> rows = {comparison.header};
    rows.insert(rows.end(), comparison.rows.begin(), comparison.rows.end());
    std::cout << format_table(rows);
    for (const std::string& note : comparison.notes) std::cout << "note: " << note << "\n";
  }
  bool passed = true;
  for (const evaluation::NamedRun& run : runs) passed = gates_passed(gates, run.summary, run.name) && passed;
  return passed ? 0 : 1;
}

}  // namespace

void add_evaluate_compare(CLI::App& evaluate, Program& program) {
  CLI::App* command =
      evaluate.add_subcommand("compare", "Put finished runs of 'evaluate pictures' beside each other");
  const auto options = std::make_shared<EvaluateCompare>();
  command->footer(
      "  atelier evaluate compare before/summary.json after/summary.json\n"
      "  atelier evaluate compare runs/* --metric style --metric content --fail-if \"style>0.3\"");
  command->add_option("runs", options->files, "summary.json files, or the folders that hold them")
      ->required()
      ->type_name("RUN");
  add_repeatable(*command, "--metric", options->metrics,
                 "A metric to show; repeat it; default: the headline ones")
      ->type_name("KEY");
  add_gate_option(*command, options->gates);
  command->add_option("--html", options->html, "Also write the table as an HTML file")->type_name("FILE");
  command->callback([&program, options] {
    program.action = [&program, options] { return evaluate_compare(program, *options); };
  });
}

}  // namespace atelier::cli
