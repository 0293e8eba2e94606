#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/evaluation/study.h"
#include "atelier/evaluation/study_analysis.h"
#include "commands/evaluate_commands.h"
#include "json_output.h"
#include "options.h"
#include "table.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

struct StudyMake {
  fs::path a, b, references, out;
  evaluation::StudyOptions options;
};

struct StudyAnalyse {
  std::vector<fs::path> answers;
  fs::path key;
  fs::path out;
};

nlohmann::json read_json(const fs::path& file) {
  const nlohmann::json json =
      nlohmann::json::parse(read_file(file, std::size_t{64} << 20), nullptr, /*allow_exceptions=*/false);
  if (!json.is_discarded()) return json;
  throw Error(ErrorCode::BadData, "study.json",
              printable(file.string()) + ": is no JSON; was it saved whole?");
}

nlohmann::json read_key(const fs::path& file) {
  nlohmann::json key = read_json(file);
  bool whole = key.is_object() && key.contains("study") && key.contains("pairs") && key["pairs"].is_array();
  for (std::size_t i = 0; whole && i < key["pairs"].size(); ++i) {
    const nlohmann::json& pair = key["pairs"][i];
    whole = pair.is_object() && (pair.value("check", false) || (pair.contains("name") && pair.contains("a")));
  }
  if (whole) return key;
  throw Error(
      ErrorCode::BadData, "study.key",
      printable(file.string()) +
          ": is no key of a study; take the .key.json that 'evaluate study make' wrote beside the page");
}

void say_left_out(const std::vector<std::string>& names, const fs::path& folder) {
  if (names.empty()) return;
  spdlog::warn("{} of {} without a partner left out: {}{}", names.size(), printable(folder.string()),
               printable(names.front()), names.size() > 1 ? ", ..." : "");
}

int make(const Program& program, StudyMake command) {
  const evaluation::StudyPictures pictures =
      evaluation::match_pictures(command.a, command.b, command.references);
  say_left_out(pictures.only_a, command.a);
  say_left_out(pictures.only_b, command.b);
  command.options.seed = program.seed;
  const evaluation::StudyPage page = evaluation::make_study(pictures, command.options);
  const fs::path key = fs::path(command.out).replace_extension(".key.json");
  // The key first: a page without its key is worth nothing.
  write_file_atomically(key, page.key.dump(1) + "\n");
  write_file_atomically(command.out, page.html);
  if (program.json) {
    print_json({{"schema", 1},
                {"page", command.out.string()},
                {"key", key.string()},
                {"study", page.key["study"]},
                {"pairs", pictures.pairs.size()},
                {"checks", command.options.checks},
                {"only_a", pictures.only_a},
                {"only_b", pictures.only_b}});
  } else {
    std::cout << fmt::format(
        "{}: {} pairs and {} attention checks, give it to people\n{}: keep it, 'evaluate study analyse' "
        "needs it\n",
        command.out.string(), pictures.pairs.size(), command.options.checks, key.string());
  }
  return 0;
}

std::string rate_text(const evaluation::Interval& rate) {
  return fmt::format("{:.0f} % ({:.0f} to {:.0f})", rate.mean * 100, rate.low * 100, rate.high * 100);
}

int analyse(const Program& program, const StudyAnalyse& command) {
  const nlohmann::json key = read_key(command.key);
  std::vector<evaluation::StudyAnswers> people;
  for (const fs::path& file : command.answers)
    people.push_back(evaluation::read_answers(key, read_json(file), file.string()));
  evaluation::StudyAnalysisOptions options;
  options.bootstrap.seed = program.seed;
  const evaluation::StudyResult result = evaluation::analyse_study(key, people, options);
  if (!command.out.empty()) write_file_atomically(command.out, result.to_json().dump(1) + "\n");
  if (program.json) {
    print_json(result.to_json());
    return 0;
  }
  std::vector<std::vector<std::string>> rows = {{"PAIR", result.label_a, result.label_b, "IDENTICAL"}};
  for (const auto& pair : result.pairs) {
    rows.push_back({pair.name, std::to_string(pair.a_wins), std::to_string(pair.b_wins),
                    std::to_string(pair.identical)});
  }
  std::cout << format_table(rows) << "\n";
  for (const std::string& who : result.excluded) std::cout << "left out: " << who << "\n";
  std::cout << fmt::format("{} people, {} votes: {} for {}, {} for {}, {} identical; left side {}\n",
                           result.people, result.votes, result.a_wins, result.label_a, result.b_wins,
                           result.label_b, result.identical, rate_text(result.left_rate))
            << result.verdict() << "\n";
  return 0;
}

void add_make(CLI::App& study, Program& program) {
  CLI::App* command = study.add_subcommand(
      "make", "Write a page on which people compare two folders of pictures, not knowing whose they are");
  const auto options = std::make_shared<StudyMake>();
  command->add_option("--a", options->a, "Folder with one system's pictures")->type_name("DIR")->required();
  command->add_option("--b", options->b, "Folder with the other's; pictures of one name belong together")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--reference", options->references, "Folder with what both are made of, shown above them")
      ->type_name("DIR");
  command->add_option("--out", options->out, "Page to write; its key is written beside it as .key.json")
      ->type_name("FILE.html")
      ->required();
  command->add_option("--label-a", options->options.label_a, "What to call the first system in the results")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--label-b", options->options.label_b, "What to call the second")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--title", options->options.title, "Title of the page")
      ->type_name("TEXT")
      ->capture_default_str();
  command->add_option("--question", options->options.question, "What people are asked")
      ->type_name("TEXT")
      ->capture_default_str();
  command
      ->add_option("--checks", options->options.checks, "Pairs that show one picture twice, to see who looks")
      ->type_name("N")
      ->check(CLI::Range(0, 1000).description(""))
      ->capture_default_str();
  command->add_option("--max-side", options->options.max_side, "Longer side of the pictures in the page")
      ->type_name("PIXELS")
      ->check(CLI::Range(64, 4096).description(""))
      ->capture_default_str();
  command->footer("  atelier evaluate study make --a ours/ --b theirs/ --reference photos/ --out study.html");
  command->callback(
      [&program, options] { program.action = [&program, options] { return make(program, *options); }; });
}

void add_analyse(CLI::App& study, Program& program) {
  CLI::App* command = study.add_subcommand("analyse", "Say who is preferred, from the files of answers");
  const auto options = std::make_shared<StudyAnalyse>();
  command->add_option("ANSWERS", options->answers, "Files that people saved from the page")
      ->type_name("")
      ->required();
  command->add_option("--key", options->key, "The study's key, as 'make' wrote it")
      ->type_name("FILE")
      ->required();
  command->add_option("--out", options->out, "Also write the result there, as JSON")->type_name("FILE");
  command->footer("  atelier evaluate study analyse answers-*.json --key study.key.json");
  command->callback(
      [&program, options] { program.action = [&program, options] { return analyse(program, *options); }; });
}

}  // namespace

void add_evaluate_study(CLI::App& evaluate, Program& program) {
  CLI::App* study = evaluate.add_subcommand("study", "Ask people which of two systems they prefer");
  study->require_subcommand(1);
  add_make(*study, program);
  add_analyse(*study, program);
}

}  // namespace atelier::cli
