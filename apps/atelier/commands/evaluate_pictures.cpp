#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/revision.h"
#include "atelier/evaluation/pictures/metric_catalogue.h"
#include "atelier/evaluation/pictures/picture_page.h"
#include "atelier/evaluation/pictures/picture_summary.h"
#include "atelier/evaluation/pictures/quality_gate.h"
#include "atelier/evaluation/pictures/run_comparison.h"
#include "atelier/judging/control_painters.h"
#include "atelier/judging/fast_neural_style_painter.h"
#include "atelier/judging/finished_pictures.h"
#include "atelier/judging/judge_weights.h"
#include "atelier/judging/micro_ast_painter.h"
#include "atelier/judging/model_painter.h"
#include "atelier/judging/picture_evaluator.h"
#include "atelier/judging/picture_set.h"
#include "atelier/judging/run_facts.h"
#include "atelier/tensor/device.h"
#include "atelier/weights/sha256.h"
#include "backend.h"
#include "evaluate_gates.h"
#include "json_output.h"
#include "options.h"
#include "progress.h"
#include "table.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;
using evaluation::PictureEvaluation;
using evaluation::PictureSummary;
using nlohmann::json;

constexpr const char* kModelName = "atelier";
constexpr int kMeasureVersion = 1;  // raised when a metric changes: older parts are not mixed with newer ones

struct EvaluatePictures {
  std::string content, style, out, judges, network;
  std::vector<std::string> outputs, rivals, gates;
  bool no_model = false, keep_pictures = false, fresh = false;
  int size = 512, photos = 0, styles = 0, sweep_pairs = 80, jobs = 0, tile = 0;
  std::vector<float> strengths = {0.25f, 0.5f, 0.75f};
  std::optional<float> detail;
  float stroke = 1;
  int resamples = 1000;
};

// "NAME=VALUE"; VALUE is empty without the sign.
std::pair<std::string, std::string> split_assignment(const std::string& text) {
  const std::size_t sign = text.find('=');
  return {text.substr(0, sign), sign == std::string::npos ? "" : text.substr(sign + 1)};
}

void require_system_name(const std::string& name, const std::string& option) {
  const auto good = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
  if (!name.empty() && name.size() <= 40 && name.front() != '.' &&
      std::all_of(name.begin(), name.end(), good))
    return;
  throw Error(ErrorCode::Usage, "evaluate.system",
              option + ": '" + printable(name) +
                  "' is no name for a system; use up to 40 letters, digits, '-', '_', '.'");
}

// Everybody who paints in one run, and what their folders lack.
struct Entries {
  std::vector<judging::Contestant> contestants;
  std::vector<std::string> fingerprints, warnings, notes;
};

void add_outputs(const EvaluatePictures& command, const judging::PictureSet& photos,
                 const judging::PictureSet& styles, Entries& entries) {
  for (const std::string& text : command.outputs) {
    const auto [name, folder] = split_assignment(text);
    require_system_name(name, "--outputs");
    if (folder.empty())
      throw Error(ErrorCode::Usage, "evaluate.system", "--outputs '" + printable(text) + "': give NAME=DIR");
    auto painter = std::make_unique<judging::FinishedPictures>(name, folder, command.size);
    const auto check = painter->check(photos.names(), styles.names());
    entries.warnings.insert(entries.warnings.end(), check.missing.begin(), check.missing.end());
    entries.notes.insert(entries.notes.end(), check.notes.begin(), check.notes.end());
    entries.fingerprints.push_back(painter->fingerprint());
    entries.contestants.push_back({std::move(painter), std::nullopt});
  }
}

void add_rivals(const EvaluatePictures& command, const judging::PictureSet& styles, Entries& entries) {
  for (const std::string& text : command.rivals) {
    const auto [name, folder] = split_assignment(text);
    if (name == "microast") {
      if (folder.empty()) {
        throw Error(ErrorCode::Usage, "evaluate.rival",
                    "--rival microast needs its weights: --rival microast=DIR with microast_*.safetensors");
      }
      entries.contestants.push_back({std::make_unique<judging::MicroAstPainter>(folder), std::nullopt});
    } else if (name == "fast-neural-style") {
      auto painter = std::make_unique<judging::FastNeuralStylePainter>(folder);
      for (std::string& line : painter->missing(styles.names())) entries.warnings.push_back(std::move(line));
      entries.fingerprints.push_back(painter->fingerprint());
      entries.contestants.push_back({std::move(painter), std::nullopt});
    } else if (name == "colour-transfer") {
      entries.contestants.push_back({std::make_unique<judging::ColourTransferPainter>(), std::nullopt});
    } else {
      throw Error(ErrorCode::Usage, "evaluate.rival",
                  "there is no rival '" + printable(name) +
                      "'; use microast=DIR, fast-neural-style=DIR or colour-transfer");
    }
  }
}

// The model at full strength first, then the others, the controls, and last the model's strength sweep.
Entries make_entries(const Program& program, const EvaluatePictures& command,
                     const model::ModelBundle& bundle, const judging::PictureSet& photos,
                     const judging::PictureSet& styles) {
  Entries entries;
  inference::StylizeOptions painting;
  painting.detail = command.detail;
  painting.stroke = command.stroke;
  painting.tile = command.tile;
  std::shared_ptr<const inference::Stylizer> stylizer;
  if (!command.no_model) {
    stylizer = std::make_shared<const inference::Stylizer>(bundle.manifest(), open_model(bundle, program, 1));
    entries.contestants.push_back(
        {std::make_unique<judging::ModelPainter>(kModelName, stylizer, painting), std::nullopt});
  }
  add_outputs(command, photos, styles, entries);
  add_rivals(command, styles, entries);
  if (entries.contestants.empty())
    throw Error(ErrorCode::Usage, "evaluate.system",
                "--no-model leaves nothing to measure; give --outputs NAME=DIR or --rival");
  entries.contestants.push_back({std::make_unique<judging::IdentityPainter>(), std::nullopt});
  entries.contestants.push_back({std::make_unique<judging::TargetCopyPainter>(), std::nullopt});
  if (stylizer && command.sweep_pairs > 0) {
    for (const float strength : command.strengths) {
      painting.strength = strength;
      entries.contestants.push_back({std::make_unique<judging::ModelPainter>(
                                         fmt::format("{}-{:.2f}", kModelName, strength), stylizer, painting),
                                     strength});
    }
  }
  std::set<std::string> names;
  for (const judging::Contestant& contestant : entries.contestants) {
    if (!names.insert(contestant.painter->name()).second) {
      throw Error(
          ErrorCode::Usage, "evaluate.system",
          "two systems are named '" + contestant.painter->name() + "'; choose other names for --outputs");
    }
  }
  return entries;
}

json settings_of(const Program& program, const EvaluatePictures& command, const model::ModelBundle& bundle,
                 const judging::JudgeWeights& judges) {
  return {{"seed", program.seed},
          {"size", command.size},
          {"detail", command.detail.value_or(bundle.manifest().default_detail)},
          {"stroke", command.stroke},
          {"tile", command.tile},
          {"strengths", command.strengths},
          {"sweep_pairs", command.sweep_pairs},
          {"model", bundle.manifest().name},
          {"network", bundle.manifest().generator.size},
          {"model_files", bundle.manifest().sha256},
          {"judges", judges.checksums()}};
}

std::string identity_of(const json& settings, const Entries& entries, const judging::PictureSet& photos,
                        const judging::PictureSet& styles) {
  json all = {{"version", kMeasureVersion},
              {"revision", source_revision()},
              {"settings", settings},
              {"fingerprints", entries.fingerprints}};
  for (const judging::Contestant& contestant : entries.contestants)
    all["systems"].push_back({contestant.painter->name(), contestant.painter->about()});
  for (const auto* set : {&photos, &styles}) {
    json list = json::array();
    for (const auto& picture : set->facts) list.push_back({picture.name, picture.sha256});
    all["pictures"].push_back(std::move(list));
  }
  return weights::sha256_hex(all.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string time_left(double seconds) {
  return seconds <= 0   ? "paintings"
         : seconds < 90 ? fmt::format("paintings, {:.0f} s left", seconds)
                        : fmt::format("paintings, {:.0f} min left", seconds / 60);
}

void print_summary(const PictureSummary& summary, const fs::path& folder) {
  std::vector<const evaluation::Metric*> metrics;
  for (const auto* list : {&evaluation::pair_metrics(), &evaluation::set_metrics()}) {
    for (const evaluation::Metric& metric : *list) {
      const bool any = std::any_of(summary.systems.begin(), summary.systems.end(),
                                   [&](const auto& system) { return system.metrics.contains(metric.key); });
      if (any && metric.headline) metrics.push_back(&metric);
    }
  }
  // Metrics down, systems across: intervals are wide.
  std::vector<std::vector<std::string>> rows = {{"METRIC"}};
  for (const auto& system : summary.systems) {
    if (!system.swept_strength) rows.front().push_back(system.name);
  }
  for (const evaluation::Metric* metric : metrics) {
    std::vector<std::string> row = {metric->key + (metric->higher_is_better ? " (more is better)" : "")};
    for (const auto& system : summary.systems) {
      if (system.swept_strength) continue;
      const auto value = system.metrics.find(metric->key);
      row.push_back(value == system.metrics.end() ? "-" : evaluation::shown(value->second, metric->digits));
    }
    rows.push_back(std::move(row));
  }
  std::cout << format_table(rows);
  for (const std::string& absent : summary.not_measured) std::cout << "not measured: " << absent << "\n";
  for (const std::string& note : summary.notes) std::cout << "note: " << note << "\n";
  std::cout << (folder / "report.html").string() << "\n";
}

void write_results(const fs::path& folder, const PictureEvaluation& evaluation, const PictureSummary& summary,
                   const evaluation::PagePictures& pictures) {
  write_file_atomically(folder / "pairs.csv", evaluation.to_csv());
  write_file_atomically(folder / "report.html", evaluation::picture_page(evaluation, summary, pictures));
  write_file_atomically(folder / "summary.json",
                        summary.to_json().dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

int evaluate_pictures(const Program& program, const EvaluatePictures& command) {
  const auto started = std::chrono::steady_clock::now();
  const std::vector<evaluation::QualityGate> gates = parse_gates(command.gates);
  tensor::prepare_runtime(1);
  const auto judges = judging::JudgeWeights::find(command.judges);
  const auto bundle = program.open_bundle(command.network);
  const auto photos = judging::read_picture_set(command.content, "photo", command.size, command.photos);
  const auto styles = judging::read_picture_set(command.style, "style", command.size, command.styles);
  const Entries entries = make_entries(program, command, *bundle, photos, styles);
  const json settings = settings_of(program, command, *bundle, judges);
  const judging::PictureJudge judge(*bundle, judges);

  Progress bar(program.progress, 1);
  judging::EvaluatorOptions options;
  options.folder = command.out;
  options.identity = identity_of(settings, entries, photos, styles);
  options.jobs = command.jobs > 0 ? command.jobs : program.resolved_threads();
  options.sweep_pairs = command.sweep_pairs;
  options.tile = command.tile;
  options.keep_pictures = command.keep_pictures;
  options.fresh = command.fresh;
  options.progress = [&](int done, int total, double left) { bar.step(time_left(left), done, total); };
  options.stop_point = stop_if_interrupted;
  judging::PictureEvaluator evaluator(judge, photos, styles, entries.contestants, options);
  PictureEvaluation evaluation = evaluator.run();
  bar.clear();

  evaluation.not_measured = judges.absent;
  evaluation.warnings.insert(evaluation.warnings.begin(), entries.warnings.begin(), entries.warnings.end());
  evaluation.notes.insert(evaluation.notes.end(), entries.notes.begin(), entries.notes.end());
  evaluation.facts = judging::run_facts();
  evaluation.facts.update(settings);
  evaluation.facts["jobs"] = options.jobs;
  evaluation.facts["seconds"] =
      std::round(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count() * 10) / 10;
  const PictureSummary summary = evaluation::summarise(
      evaluation, {.resamples = command.resamples, .confidence = 0.95, .seed = program.seed});
  write_results(
      command.out, evaluation, summary,
      {.photo = [&](std::size_t content) { return photos.pictures[content].image; },
       .style = [&](std::size_t style) { return styles.pictures[style].image; },
       .painting = [&](std::size_t system, std::size_t content,
                       std::size_t style) { return evaluator.small_painting(system, content, style); }});
  for (const std::string& warning : summary.warnings) std::cerr << "atelier: " << printable(warning) << "\n";
  if (program.json) {
    print_json(summary.to_json());
  } else {
    print_summary(summary, command.out);
  }
  const bool passed = gates_passed(gates, summary, command.out);
  return passed && summary.warnings.empty() ? 0 : 1;
}

}  // namespace

void add_evaluate_pictures(CLI::App& evaluate, Program& program) {
  CLI::App* command = evaluate.add_subcommand(
      "pictures",
      "Measure paintings: photos x styles by this model, rivals and finished pictures, with a report");
  const auto options = std::make_shared<EvaluatePictures>();
  command->footer(
      "  atelier evaluate pictures --content photos/ --style paintings/ --out report/ --judge-weights "
      "judges/\n"
      "  atelier evaluate pictures --content photos/ --style paintings/ --out report/ --outputs "
      "other=finished/ "
      "--rival colour-transfer\n"
      "  atelier evaluate pictures --content photos/ --style paintings/ --out report/ --fail-if "
      "\"style>0.3\"\n"
      "An interrupted run goes on where it stopped. Status 1: a --fail-if came true, or something was left "
      "out.");
  command->add_option("--content", options->content, "Folder of photos")->required()->type_name("DIR");
  command->add_option("--style", options->style, "Folder of style pictures")->required()->type_name("DIR");
  command->add_option("-o,--out", options->out, "Folder for report.html, summary.json, pairs.csv")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("--judge-weights", options->judges,
                   "Folder with the networks that judge; default: $ATELIER_JUDGE_WEIGHTS, else only our own "
                   "network judges")
      ->type_name("DIR");
  add_repeatable(*command, "--outputs", options->outputs,
                 "Another system's finished pictures, CONTENT__STYLE.png; repeat it for more systems")
      ->type_name("NAME=DIR");
  add_repeatable(*command, "--rival", options->rivals,
                 "microast=DIR (its weights), fast-neural-style=DIR (a network a style, of 'train rival') or "
                 "colour-transfer; repeat it")
      ->type_name("RIVAL");
  command->add_flag("--no-model", options->no_model, "Do not paint with this model");
  add_network_option(*command, options->network);
  command->add_option("--size", options->size, "Side of the squares that are painted and judged, pixels")
      ->check(CLI::Range(64, 2048).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--photos", options->photos, "Only the first N photos by name")
      ->check(CLI::Range(1, 100000).description(""))
      ->type_name("N");
  command->add_option("--styles", options->styles, "Only the first N styles by name")
      ->check(CLI::Range(1, 100000).description(""))
      ->type_name("N");
  command->add_option("--strengths", options->strengths, "Strengths of the trade-off curve, beside 1")
      ->check(unit_interval())
      ->delimiter(',')
      ->type_name("A,B,...")
      ->default_str("0.25,0.5,0.75");
  command->add_option("--sweep-pairs", options->sweep_pairs, "Pairs of the trade-off curve; 0: none")
      ->check(CLI::Range(0, 100000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--detail", options->detail,
                   "How much of the photo's lines stays, 0..1; default: the model's")
      ->check(unit_interval())
      ->type_name("0..1");
  command->add_option("--stroke", options->stroke, "Size of the strokes")
      ->check(CLI::Range(0.25, 4.0).description(""))
      ->type_name("0.25..4")
      ->capture_default_str();
  command->add_option("--tile", options->tile, "Paint in tiles of this side, pixels, and look for seams")
      ->check(CLI::Range(64, 2048).description(""))
      ->type_name("N");
  command->add_option("--jobs", options->jobs, "Paintings judged at a time; default: one a processor")
      ->check(CLI::Range(1, 256).description(""))
      ->type_name("N");
  command->add_flag("--keep-pictures", options->keep_pictures, "Keep the paintings, PNG, in OUT/paintings");
  command->add_flag("--fresh", options->fresh, "Forget what an earlier run into this folder measured");
  add_gate_option(*command, options->gates);
  command->callback([&program, options] {
    program.action = [&program, options] { return evaluate_pictures(program, *options); };
  });
}

}  // namespace atelier::cli
