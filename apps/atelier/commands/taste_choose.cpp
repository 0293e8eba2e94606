#include <iostream>

#include "atelier/core/error.h"
#include "commands/taste_commands.h"
#include "taste_answers.h"
#include "taste_asking.h"
#include "terminal.h"

namespace atelier::cli {
namespace {

using nlohmann::json;

constexpr const char* kExamples =
    "  atelier taste choose --user ana --photo photo.jpg\n"
    "  atelier taste choose --user ana --first hokusai-great-wave --second klimt-gold --answer a\n"
    "  atelier taste choose --user ana --next --photo photo.jpg --render judge/\n"
    "  atelier taste choose --user ana --answers - < answers.json";

struct ChooseCommand {
  AskingOptions asking;
  std::string first, second, answer;
};

using Pair = std::pair<std::string, std::string>;

std::optional<Pair> next_pair(Asking& asking) {
  const auto next = asking.selector().next_choice(asking.session().model(), asking.session().asked_pairs());
  if (!next) return std::nullopt;
  const auto& candidates = asking.selector().candidates();
  return Pair{candidates[next->first].key, candidates[next->second].key};
}

json next_question(Asking& asking) {
  const std::optional<Pair> pair = next_pair(asking);
  if (!pair) return nullptr;
  return {{"kind", "choice"},
          {"first", asking.to_json(pair->first)},
          {"second", asking.to_json(pair->second)},
          {"answers", {"a", "b", "tie", "skip"}}};
}

bool ask_one(Asking& asking) {
  const std::optional<Pair> pair = next_pair(asking);
  if (!pair) {
    std::cerr << "every pair was asked about" << std::endl;
    return false;
  }
  asking.show("a", pair->first);
  asking.show("b", pair->second);
  const std::optional<std::string> verdict =
      asking.ask_verdict("a or b? (t: tie, s: skip, u: undo, q: stop) ", {"a", "b", "t", "tie", "s", "skip"});
  if (verdict) {
    const std::string word = *verdict == "t" ? "tie" : *verdict == "s" ? "skip" : *verdict;
    asking.record({choice_answer(asking.gallery(), pair->first, pair->second, word)});
  }
  return !asking.stopped();
}

int choose(const Program& program, const ChooseCommand& command) {
  const int named = !command.first.empty() + !command.second.empty() + !command.answer.empty();
  if (named != 0 && named != 3) {
    throw Error(ErrorCode::Usage, "taste.choice",
                "--first, --second and --answer belong together: name two styles and say a, b, tie or skip");
  }
  const bool is_given = named == 3 || !command.asking.answers.empty();
  if (!is_given && !command.asking.next)
    require_terminal("use --first, --second and --answer, or --answers FILE, or --next");
  Asking asking(program, command.asking, !is_given && !command.asking.next);
  if (named == 3)
    asking.record({choice_answer(asking.gallery(), command.first, command.second, command.answer)});
  asking.record_file();
  if (command.asking.next) {
    asking.print_json(next_question(asking));
    return 0;
  }
  if (!is_given) asking.loop([&] { return ask_one(asking); });
  return asking.report();
}

}  // namespace

void add_taste_choose(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<ChooseCommand>();
  CLI::App* command = taste.add_subcommand("choose", "Say which of two styles you like better");
  command->footer(kExamples);
  options->asking.add_to(*command);
  options->asking.add_questions_to(*command);
  command->add_option("--first", options->first, "Answer about this style ...")->type_name("STYLE");
  command->add_option("--second", options->second, "... against this one")->type_name("STYLE");
  command->add_option("--answer", options->answer, "a: the first is better, b: the second, tie, or skip")
      ->type_name("a|b|tie|skip");
  command->callback(
      [&program, options] { program.action = [&program, options] { return choose(program, *options); }; });
}

}  // namespace atelier::cli
