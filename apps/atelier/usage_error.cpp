#include "usage_error.h"

#include <algorithm>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier::cli {
namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

void append_option_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
}

// The command that was chosen, "styles add" as the deepest one.
const CLI::App* chosen_command(const CLI::App& app) {
  const CLI::App* chosen = &app;
  for (std::vector<CLI::App*> parsed = chosen->get_subcommands(); !parsed.empty();
       parsed = chosen->get_subcommands()) {
    chosen = parsed.front();
  }
  return chosen;
}

std::string full_name(const CLI::App* command) {
  std::string name = command->get_name();
  for (const CLI::App* up = command->get_parent(); up != nullptr; up = up->get_parent()) {
    name = up->get_name() + " " + name;
  }
  return name;
}

std::string unknown_word(const char* what, const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest_word(word, known);
  return std::string("there is no ") + what + " '" + printable(word) + "'" +
         (near.empty() ? "" : ", did you mean '" + near + "'?");
}

}  // namespace

std::string explain_usage_error(const CLI::ParseError& error, const CLI::App& app, const Program& program) {
  const CLI::App* command = chosen_command(app);
  const std::string help = "; see '" + full_name(command) + " --help'";
  std::vector<std::string> options;
  append_option_names(*command, options);
  if (command != &app) append_option_names(app, options);
  const std::vector<std::string> commands = command_names(*command);

  const std::vector<std::string> left = app.remaining(true);
  // A mistyped command first: the options that follow are those of the command that was meant.
  if (!commands.empty() && !left.empty() && left.front().rfind('-', 0) != 0)
    return unknown_word("command", left.front(), commands) + help;
  for (std::size_t i = 1; i < program.arguments.size(); ++i) {
    const std::string word = program.arguments[i].substr(0, program.arguments[i].find('='));
    if (word == "--") break;
    if (word.rfind("--", 0) == 0 && std::find(options.begin(), options.end(), word) == options.end()) {
      return unknown_word("option", word, options) + help;
    }
  }
  if (!commands.empty()) return "a command is missing" + help;
  std::string text = error.what();
  if (!left.empty()) text = "unexpected '" + printable(left.front()) + "'";
  return printable(text) + help;
}

}  // namespace atelier::cli
