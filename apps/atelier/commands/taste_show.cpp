#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

#include "atelier/core/error.h"
#include "atelier/personalization/taste_profile.h"
#include "commands/taste_commands.h"
#include "json_output.h"
#include "table.h"
#include "taste_answers.h"
#include "taste_asking.h"

namespace atelier::cli {
namespace {

using nlohmann::json;
using personalization::Prediction;

constexpr double kInterval = 1.645;  // standard deviations on each side hold 90 %
constexpr std::size_t kBecause = 3;

struct ShowCommand {
  TasteOptions taste;
  int count = 5;
  std::string photo, render;
};

// Nobody rates above 5: the model's line may go on, the scale does not.
double on_scale(double rating) {
  return std::clamp(rating, 1.0, 5.0);
}

json counts_of(const TasteSession& session) {
  std::map<std::string, int> kinds;
  for (const storage::Answer& answer : session.answers()) ++kinds[storage::to_string(answer.kind)];
  return kinds;
}

json moods_of(const TasteSession& session) {
  std::map<std::string, int> moods;
  for (const storage::Answer& answer : session.answers()) ++moods[answer.mood];
  return moods;
}

std::string summary_of(const json& counts) {
  std::string text;
  for (const auto& [kind, count] : counts.items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.get<int>(), kind);
  return text.empty() ? "none yet" : text;
}

int show(const Program& program, const ShowCommand& command) {
  const OpenTaste open(program, command.taste);
  const TasteSession& session = open.session;
  warn_if_unknown(session);
  const personalization::QuestionSelector selector(open.gallery.candidates());
  const personalization::Enough enough = selector.enough(session.model());
  const std::vector<std::size_t> ranking = selector.ranking(session.model());

  json top = json::array();
  std::vector<std::vector<std::string>> rows = {{"STYLE", "RATING", "90 %"}};
  for (std::size_t i = 0; i < ranking.size() && i < static_cast<std::size_t>(command.count); ++i) {
    const personalization::Candidate& candidate = open.gallery.candidates()[ranking[i]];
    const Prediction utility = session.model().utility(candidate.psi);
    // On the person's own scale; how sure we are of the style, without the noise of a single answer.
    const double expected = session.model().rating(candidate.psi).mean;
    const double half = kInterval * utility.sd * session.model().rating_scale();
    const double rating = on_scale(expected), low = on_scale(expected - half),
                 high = on_scale(expected + half);
    top.push_back({{"style", candidate.key},
                   {"rating", rating},
                   {"low", low},
                   {"high", high},
                   {"utility", utility.mean},
                   {"sd", utility.sd}});
    rows.push_back(
        {candidate.key, fmt::format("{:.1f}", rating), fmt::format("{:.1f} .. {:.1f}", low, high)});
  }
  const json counts = counts_of(session);
  const storage::Settings settings = open.store->settings(session.user());
  if (program.json) {
    print_json(
        {{"schema", 1},
         {"user", session.user()},
         {"mood", session.mood()},
         {"answers",
          {{"total", session.answers().size()},
           {"used", session.model().answers_used()},
           {"kinds", counts},
           {"moods", moods_of(session)}}},
         {"learned", session.model().learned()},
         {"why", session.model().why()},
         {"enough", to_json(enough)},
         {"settings",
          {{"pooled_learning", settings.pooled_learning}, {"retention_days", settings.retention_days}}},
         {"top", std::move(top)}});
    return 0;
  }
  std::cout << "answers: " << summary_of(counts) << "\n"
            << session.model().why() << "\n"
            << enough.why << "\n\n"
            << format_table(rows);
  return 0;
}

/// Paints a style on the photo once, however many sentences show it.
class Examples {
 public:
  Examples(const Program& program, const TasteGallery& gallery, const ShowCommand& command) {
    if (!command.photo.empty() && command.render.empty())
      throw Error(ErrorCode::Usage, "taste.render",
                  "--photo needs a folder for the pictures: add --render DIR");
    if (!command.render.empty()) pictures_.emplace(program, gallery, command.photo, command.render);
  }
  json picture(const std::string& style) {
    if (!pictures_ || style.empty()) return nullptr;
    const auto [entry, is_new] = painted_.try_emplace(style);
    if (is_new) entry->second = pictures_->render(style).string();
    return entry->second;
  }

 private:
  std::optional<TastePictures> pictures_;
  std::map<std::string, std::string> painted_;
};

json because_of(const TasteSession& session, const personalization::AttributeTaste& attribute) {
  json because = json::array();
  for (const personalization::Influence& influence : attribute.because) {
    if (because.size() == kBecause) break;
    for (const storage::Answer& answer : session.answers()) {
      if (answer.id != influence.answer) continue;
      json one = to_json(answer);
      one["shift"] = influence.shift;
      because.push_back(std::move(one));
    }
  }
  return because;
}

json to_json(const personalization::AttributeTaste& attribute, const TasteSession& session,
             Examples& examples) {
  static constexpr const char* kLeanings[] = {"low", "high", "unsure"};
  return {{"attribute", attribute.key},
          {"leaning", kLeanings[static_cast<int>(attribute.leaning)]},
          {"certain", attribute.certain},
          {"sentence", attribute.sentence},
          {"strength", attribute.strength},
          {"low", attribute.low},
          {"high", attribute.high},
          {"probability", attribute.probability},
          {"because", because_of(session, attribute)},
          {"example", {{"style", attribute.example}, {"picture", examples.picture(attribute.example)}}},
          {"counter_example",
           {{"style", attribute.counter_example}, {"picture", examples.picture(attribute.counter_example)}}}};
}

void print_example(const char* label, const json& example) {
  if (example["style"] == "") return;
  std::cout << "    " << label << " " << example["style"].get<std::string>();
  if (!example["picture"].is_null()) std::cout << "  " << printable(example["picture"].get<std::string>());
  std::cout << "\n";
}

int explain(const Program& program, const ShowCommand& command) {
  const OpenTaste open(program, command.taste);
  warn_if_unknown(open.session);
  Examples examples(program, open.gallery, command);
  const personalization::TasteProfile profile = personalization::explain(
      open.session.model(), open.gallery.features(), open.gallery.candidates(), style::attributes());
  json attributes = json::array();
  for (const personalization::AttributeTaste& attribute : profile.attributes)
    attributes.push_back(to_json(attribute, open.session, examples));
  if (program.json) {
    print_json({{"schema", 1},
                {"user", open.session.user()},
                {"mood", open.session.mood()},
                {"learned", profile.learned},
                {"why", profile.why},
                {"summary", profile.summary},
                {"attributes", std::move(attributes)}});
    return 0;
  }
  std::cout << profile.summary << "\n" << profile.why << "\n";
  std::string unsure;
  for (const json& attribute : attributes) {
    if (attribute["leaning"] == "unsure") {
      unsure += (unsure.empty() ? "" : ", ") + attribute["attribute"].get<std::string>();
      continue;
    }
    std::cout << fmt::format("\n{}  ({:+.2f}, 90 % {:+.2f} .. {:+.2f})\n",
                             attribute["sentence"].get<std::string>(), attribute["strength"].get<double>(),
                             attribute["low"].get<double>(), attribute["high"].get<double>());
    for (const json& answer : attribute["because"])
      std::cout << "    because " << answer["text"].get<std::string>() << "\n";
    print_example("like     ", attribute["example"]);
    print_example("not like ", attribute["counter_example"]);
  }
  if (!unsure.empty()) std::cout << "\nnot known yet: " << unsure << "\n";
  return 0;
}

CLI::App* add(CLI::App& taste, Program& program, const std::shared_ptr<ShowCommand>& options,
              const char* name, const char* description, int (*act)(const Program&, const ShowCommand&)) {
  CLI::App* command = taste.add_subcommand(name, description);
  options->taste.add_user_to(*command);
  options->taste.add_mood_to(*command);
  options->taste.add_store_to(*command);
  command->callback([&program, options, act] {
    program.action = [&program, options, act] { return act(program, *options); };
  });
  return command;
}

}  // namespace

void add_taste_show(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<ShowCommand>();
  CLI::App* showing =
      add(taste, program, options, "show", "What was answered, and the styles that fit best", show);
  showing->footer("  atelier taste show --user ana\n  atelier taste show --user ana --mood calm --count 10");
  showing->add_option("--count", options->count, "How many styles to name")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  CLI::App* explaining = add(taste, program, options, "explain",
                             "The taste in sentences, with the answers behind each", explain);
  explaining->footer(
      "  atelier taste explain --user ana\n"
      "  atelier taste explain --user ana --photo photo.jpg --render examples/");
  explaining
      ->add_option("--photo", options->photo,
                   "A photo to show what is liked and what is not on; default: a sample scene")
      ->type_name("IMAGE");
  explaining->add_option("--render", options->render, "Folder for these pictures; default: none are painted")
      ->type_name("DIR");
}

}  // namespace atelier::cli
