#include <iostream>

#include "atelier/core/error.h"
#include "atelier/personalization/taste_code.h"
#include "commands/taste_commands.h"
#include "json_output.h"
#include "options.h"
#include "style_argument.h"
#include "taste_pick.h"
#include "taste_session.h"

namespace atelier::cli {
namespace {

using personalization::TasteCode;

constexpr const char* kExamples =
    "  atelier taste code --user ana\n"
    "  atelier taste code --blend AT1-... AT1-... --at 0.3\n"
    "  atelier stylize photo.jpg --for AT1-... -o painting.jpg";

struct CodeCommand {
  TasteOptions taste;
  std::vector<std::string> blended;
  double at = 0.5, strength = 1;
};

int report(const Program& program, const TasteCode& code, const std::string& from) {
  if (program.json) {
    print_json({{"schema", 1}, {"code", code.to_text()}, {"space", code.space}, {"from", from}});
  } else {
    std::cout << code.to_text() << std::endl;
  }
  return 0;
}

int code(const Program& program, const CodeCommand& command) {
  if (command.taste.user.empty() == command.blended.empty())
    throw Error(ErrorCode::Usage, "taste.code", "say whose code: --user NAME, or --blend with two codes");
  if (!command.blended.empty()) {
    const auto bundle = program.open_bundle();
    const style::StyleSpace& space = require_space(bundle->space());
    const TasteCode a = TasteCode::parse(command.blended.front(), space),
                    b = TasteCode::parse(command.blended.back(), space);
    return report(program, personalization::blend(a, b, command.at), "a blend");
  }
  const OpenTaste open(program, command.taste);
  warn_if_unknown(open.session);
  const style::StyleSpace& space = require_space(open.gallery.bundle().space());
  const TastePick pick = pick_styles(open.session, {}).front();
  const double detail = pick.detail ? static_cast<double>(*pick.detail) : -1;
  return report(program, TasteCode::of(space, pick.code, command.strength, detail), pick.name());
}

}  // namespace

void add_taste_code(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<CodeCommand>();
  CLI::App* command = taste.add_subcommand("code", "A taste as a short line of text to keep or to give away");
  command->footer(kExamples);
  options->taste.add_user_to(*command);
  command->get_option("--user")->required(false);
  options->taste.add_mood_to(*command);
  options->taste.add_store_to(*command);
  command->add_option("--strength", options->strength, "Strength of the style, kept in the code")
      ->type_name("0..1")
      ->check(unit_interval())
      ->capture_default_str();
  command->add_option("--blend", options->blended, "Two codes to mix")->type_name("CODE CODE")->expected(2);
  command->add_option("--at", options->at, "Share of the second code in a blend")
      ->type_name("0..1")
      ->check(unit_interval())
      ->capture_default_str();
  command->callback(
      [&program, options] { program.action = [&program, options] { return code(program, *options); }; });
}

}  // namespace atelier::cli
