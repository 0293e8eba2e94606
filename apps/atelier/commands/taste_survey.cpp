#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <map>

#include "commands/taste_commands.h"
#include "taste_answers.h"
#include "taste_asking.h"
#include "taste_questions.h"
#include "terminal.h"

namespace atelier::cli {
namespace {

using nlohmann::json;

constexpr const char* kExamples =
    "  atelier taste survey --user ana\n"
    "  atelier taste survey --user ana --mood calm --answers answers.json\n"
    "  atelier taste survey --user ana --next";

/// The newest answer to every question, in this mood.
std::map<std::string, double> answered(const TasteSession& session) {
  std::map<std::string, double> values;
  for (const storage::Answer& answer : session.answers()) {
    if (answer.kind == storage::AnswerKind::Survey && answer.mood == session.mood())
      values[answer.question] = 3 + 2 * answer.value;
  }
  return values;
}

json to_json(const SurveyQuestion& question, const std::map<std::string, double>& values) {
  const auto value = values.find(question.key);
  return {{"kind", "survey"},
          {"question", question.key},
          {"low", question.low},
          {"high", question.high},
          {"answers", {1, 2, 3, 4, 5, "skip"}},
          {"answered", value == values.end() ? json() : json(value->second)}};
}

json next_question(Asking& asking) {
  const std::map<std::string, double> values = answered(asking.session());
  json open, all = json::array();
  for (const SurveyQuestion& question : survey_questions(asking.gallery().prior())) {
    all.push_back(to_json(question, values));
    if (open.is_null() && !values.contains(question.key)) open = all.back();
  }
  if (!open.is_null()) open["all"] = std::move(all);
  return open;
}

void ask_all(Asking& asking) {
  const std::vector<SurveyQuestion> questions = survey_questions(asking.gallery().prior());
  std::cerr << "What do you like? 1 is the left end, 5 the right one, 3 both alike.\n"
               "Enter skips a question, u takes the last answer back, q stops.\n";
  for (std::size_t i = 0; i < questions.size() && !asking.stopped();) {
    const std::string prompt = fmt::format("{:2}/{}  {}  1 2 3 4 5  {}? ", i + 1, questions.size(),
                                           questions[i].low, questions[i].high);
    const std::size_t kept = asking.recorded().size();
    const std::optional<std::string> verdict = asking.ask_verdict(prompt, {"1", "2", "3", "4", "5", ""});
    if (verdict && !verdict->empty())
      asking.record({survey_answer(asking.gallery(), questions[i].key, *verdict)});
    if (verdict) ++i;
    if (!verdict && asking.recorded().size() < kept && i > 0)
      --i;  // the answer taken back is asked for again
  }
}

int survey(const Program& program, const AskingOptions& options) {
  if (options.answers.empty() && !options.next)
    require_terminal("give the answers with --answers FILE, or print the questions with --next");
  Asking asking(program, options, false);
  asking.record_file();
  if (options.next) {
    asking.print_json(next_question(asking));
    return 0;
  }
  if (options.answers.empty()) ask_all(asking);
  return asking.report();
}

}  // namespace

void add_taste_survey(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<AskingOptions>();
  CLI::App* command = taste.add_subcommand("survey", "A dozen questions about colours, strokes and moods");
  command->footer(kExamples);
  options->add_to(*command);
  command->callback(
      [&program, options] { program.action = [&program, options] { return survey(program, *options); }; });
}

}  // namespace atelier::cli
