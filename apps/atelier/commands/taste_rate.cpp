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
    "  atelier taste rate --user ana\n"
    "  atelier taste rate --user ana hokusai-great-wave 5 monet-water-lilies like\n"
    "  atelier taste rate --user ana --photo photo.jpg --render judge/\n"
    "  atelier taste rate --user ana --next";

struct RateCommand {
  AskingOptions asking;
  std::vector<std::string> words;  ///< STYLE RATING ...
};

std::vector<storage::Answer> typed_answers(const TasteGallery& gallery,
                                           const std::vector<std::string>& words) {
  if (words.size() % 2 != 0) {
    throw Error(ErrorCode::Usage, "taste.rating",
                "ratings come in pairs STYLE RATING, such as 'hokusai-great-wave 5'; a word is missing");
  }
  std::vector<storage::Answer> answers;
  for (std::size_t i = 0; i < words.size(); i += 2)
    answers.push_back(rating_answer(gallery, words[i], words[i + 1]));
  return answers;
}

std::optional<std::string> next_style(Asking& asking) {
  const auto next = asking.selector().next_rating(asking.session().model(), asking.session().asked_styles());
  return next ? std::optional(asking.selector().candidates()[*next].key) : std::nullopt;
}

json next_question(Asking& asking) {
  const std::optional<std::string> style = next_style(asking);
  if (!style) return nullptr;
  return {{"kind", "rating"},
          {"style", asking.to_json(*style)},
          {"answers", {1, 2, 3, 4, 5, "like", "dislike", "save", "skip"}}};
}

bool ask_one(Asking& asking) {
  const std::optional<std::string> style = next_style(asking);
  if (!style) {
    std::cerr << "every style was asked about" << std::endl;
    return false;
  }
  asking.show("-", *style);
  const std::optional<std::string> verdict =
      asking.ask_verdict("1 2 3 4 5, like, dislike, save, s: skip, u: undo, q: stop? ",
                         {"1", "2", "3", "4", "5", "like", "dislike", "save", "skip", "s"});
  if (verdict) asking.record({rating_answer(asking.gallery(), *style, *verdict == "s" ? "skip" : *verdict)});
  return !asking.stopped();
}

int rate(const Program& program, const RateCommand& command) {
  const bool is_given = !command.words.empty() || !command.asking.answers.empty();
  if (!is_given && !command.asking.next)
    require_terminal("name styles and ratings, or use --answers FILE or --next");
  Asking asking(program, command.asking, !is_given && !command.asking.next);
  if (!command.words.empty()) asking.record(typed_answers(asking.gallery(), command.words));
  asking.record_file();
  if (command.asking.next) {
    asking.print_json(next_question(asking));
    return 0;
  }
  if (!is_given) asking.loop([&] { return ask_one(asking); });
  return asking.report();
}

}  // namespace

void add_taste_rate(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<RateCommand>();
  CLI::App* command =
      taste.add_subcommand("rate", "Say how much you like styles: 1 to 5, like, dislike, save");
  command->footer(kExamples);
  command->add_option("STYLE RATING", options->words,
                      "Pairs of a style and 1..5, like, dislike, save or skip; default: the program asks");
  options->asking.add_to(*command);
  options->asking.add_questions_to(*command);
  command->callback(
      [&program, options] { program.action = [&program, options] { return rate(program, *options); }; });
}

}  // namespace atelier::cli
