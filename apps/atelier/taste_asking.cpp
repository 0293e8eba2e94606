#include "taste_asking.h"

#include <spdlog/fmt/fmt.h>

#include <iostream>

#include "atelier/core/error.h"
#include "json_output.h"
#include "taste_answers.h"
#include "terminal.h"

namespace atelier::cli {

using nlohmann::json;

namespace {

constexpr const char* kPictureFolder = "taste-pictures";

}  // namespace

void AskingOptions::add_to(CLI::App& command) {
  taste.add_user_to(command);
  taste.add_mood_to(command);
  taste.add_store_to(command);
  command
      .add_option("--answers", answers,
                  "Take answers from a JSON file instead of asking; - is standard input")
      ->type_name("FILE");
  command.add_flag("--next", next, "Print the next question as JSON instead of asking it");
}

void AskingOptions::add_questions_to(CLI::App& command) {
  command
      .add_option(
          "--photo", photo,
          "A photo of yours to see the styles on; default: a sample scene, and no pictures for --next")
      ->type_name("IMAGE");
  command.add_option("--render", render, "Folder for the pictures to judge; default: taste-pictures")
      ->type_name("DIR");
  command
      .add_option("--strategy", strategy,
                  "How to choose questions: auto, variance, ucb, thompson, eubo or random")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "variance", "ucb", "thompson", "eubo", "random"}).description(""))
      ->capture_default_str();
  command.add_option("--count", count, "How many questions to ask; 0: until more answers will hardly help")
      ->type_name("N")
      ->check(CLI::Range(0, 1000).description(""))
      ->capture_default_str();
}

Asking::Asking(const Program& program, const AskingOptions& options, bool in_person)
    : program_(program),
      options_(options),
      open_(program, options.taste),
      selector_(open_.gallery.candidates(),
                {.strategy = personalization::parse_ask_strategy(options.strategy), .seed = program.seed}) {
  if (options.photo.empty() && options.render.empty() && !in_person) return;
  pictures_.emplace(program, open_.gallery, options.photo,
                    options.render.empty() ? kPictureFolder : options.render);
  if (in_person) terminal_ = ask_terminal_for_pictures();
  context_ = "picture " + printable(pictures_->photo_name());
}

void Asking::record_file() {
  if (!options_.answers.empty()) record(read_answers(gallery(), options_.answers));
}

void Asking::record(std::vector<storage::Answer> answers) {
  for (storage::Answer& answer : answers) {
    if (answer.context.empty()) answer.context = context_;
  }
  const std::vector<std::int64_t> ids = session().record(std::move(answers));
  recorded_.insert(recorded_.end(), ids.begin(), ids.end());
}

json Asking::to_json(const std::string& name) {
  const style::NamedStyle& style = gallery().gallery().require(name);
  return {{"style", style.name},
          {"title", style.title},
          {"artist", style.artist},
          {"year", style.year},
          {"text", gallery().describe(style)},
          {"picture", pictures_ ? json(pictures_->render(name).string()) : json()}};
}

void Asking::show(const std::string& label, const std::string& name) {
  std::cerr << "  " << label << "  " << gallery().describe(gallery().gallery().require(name)) << std::endl;
  if (!pictures_) return;
  std::cerr << "     " << printable(pictures_->show(name, terminal_).string()) << std::endl;
}

void Asking::print_json(const json& question) const {
  json state = {{"schema", 1},
                {"recorded", recorded_},
                {"answers", open_.session.answers().size()},
                {"enough", cli::to_json(selector_.enough(open_.session.model()))}};
  if (!question.is_discarded()) state["question"] = question;
  cli::print_json(state);
}

int Asking::report() const {
  if (program_.json) {
    print_json(json(json::value_t::discarded));
    return 0;
  }
  std::cout << fmt::format("{} answer{} kept, {} in all; {}\n", recorded_.size(),
                           recorded_.size() == 1 ? "" : "s", open_.session.answers().size(),
                           selector_.enough(open_.session.model()).why);
  return 0;
}

bool Asking::goes_on() {
  if (stopped_) return false;
  if (options_.count > 0) return asked_ < options_.count;
  if (told_) return true;
  const personalization::Enough enough = selector_.enough(session().model());
  if (!enough.enough) return true;
  told_ = true;
  std::cerr << enough.why << std::endl;
  const std::optional<std::string> more = ask_for("Go on all the same? (y, n) ", {"y", "n", ""});
  return more == "y";
}

std::optional<std::string> Asking::ask_verdict(const std::string& prompt, std::vector<std::string> words) {
  words.insert(words.end(), {"u", "q"});
  const std::optional<std::string> verdict = ask_for(prompt, words);
  if (!verdict || *verdict == "q") {
    stopped_ = true;
    return std::nullopt;
  }
  if (*verdict != "u") return verdict;
  const std::optional<storage::Answer> undone = session().undo_last();
  if (undone) std::erase(recorded_, undone->id);
  std::cerr << (undone ? "  taken back: " + describe(*undone) : "  there is nothing to take back")
            << std::endl;
  return std::nullopt;
}

json to_json(const personalization::Enough& enough) {
  return {{"enough", enough.enough},
          {"expected_gain", enough.expected_gain},
          {"probability", enough.probability_top_good},
          {"why", enough.why}};
}

}  // namespace atelier::cli
