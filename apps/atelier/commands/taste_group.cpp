#include <spdlog/fmt/fmt.h>

#include <deque>
#include <iostream>
#include <set>

#include "atelier/core/error.h"
#include "atelier/personalization/taste_code.h"
#include "atelier/personalization/taste_group.h"
#include "commands/taste_commands.h"
#include "json_output.h"
#include "table.h"
#include "taste_session.h"

namespace atelier::cli {
namespace {

using nlohmann::json;

struct GroupCommand {
  TasteOptions taste;
  std::vector<std::string> members;
  int count = 5;
};

int group(const Program& program, const GroupCommand& command) {
  if (command.members.size() < 2)
    throw Error(ErrorCode::Usage, "taste.group", "a group has two people at least");
  const TasteGallery gallery(program.open_bundle());
  const auto store = open_taste_store(command.taste.store);
  std::deque<TasteSession> sessions;
  std::vector<personalization::GroupMember> members;
  for (const std::string& name : command.members) {
    sessions.emplace_back(gallery, *store, name, command.taste.mood);
    warn_if_unknown(sessions.back());
    members.push_back({name, &sessions.back().model()});
  }
  const personalization::GroupTaste taste =
      personalization::group_taste(members, gallery.features(), gallery.candidates(), style::attributes());

  json picks = json::array(), conflicts = json::array();
  std::vector<std::vector<std::string>> rows = {{"STYLE", "SCORE", "SPREAD", "LEAST HAPPY"}};
  for (const personalization::GroupPick& pick : taste.picks) {
    if (picks.size() == static_cast<std::size_t>(command.count)) break;
    const std::string& name = gallery.candidates()[pick.index].key;
    const std::string& least = members[pick.least_happy].name;
    json utilities;
    for (std::size_t i = 0; i < members.size(); ++i) utilities[members[i].name] = pick.utilities[i];
    picks.push_back({{"style", name},
                     {"score", pick.score},
                     {"mean", pick.mean},
                     {"spread", pick.spread},
                     {"least_happy", least},
                     {"utilities", std::move(utilities)}});
    rows.push_back({name, fmt::format("{:+.2f}", pick.score), fmt::format("{:.2f}", pick.spread),
                    fmt::format("{} {:+.2f}", printable(least), pick.least_happy_utility)});
  }
  for (const personalization::GroupConflict& conflict : taste.conflicts)
    conflicts.push_back({{"attribute", conflict.key},
                         {"for_high", members[conflict.for_high].name},
                         {"for_low", members[conflict.for_low].name},
                         {"gap", conflict.gap},
                         {"sentence", conflict.sentence}});
  if (program.json) {
    print_json({{"schema", 1},
                {"members", command.members},
                {"picks", std::move(picks)},
                {"shared", taste.shared},
                {"conflicts", std::move(conflicts)}});
    return 0;
  }
  std::cout << format_table(rows);
  for (const std::string& sentence : taste.shared) std::cout << "agreed: " << sentence << "\n";
  for (const personalization::GroupConflict& conflict : taste.conflicts)
    std::cout << "differ: " << conflict.sentence << "\n";
  return 0;
}

}  // namespace

void add_taste_group(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<GroupCommand>();
  CLI::App* command =
      taste.add_subcommand("group", "The style several people agree on, and where they differ");
  command->footer("  atelier taste group ana ben cleo");
  command->add_option("NAME", options->members, "Two people or more")->required();
  options->taste.add_mood_to(*command);
  options->taste.add_store_to(*command);
  command->add_option("--count", options->count, "How many styles to name")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  command->callback(
      [&program, options] { program.action = [&program, options] { return group(program, *options); }; });
}

}  // namespace atelier::cli
