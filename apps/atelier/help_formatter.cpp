#include "help_formatter.h"

namespace atelier::cli {

HelpFormatter::HelpFormatter() {
  column_width(34);
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
  std::string help = make_description(app);
  if (!app->get_footer().empty()) help += "\nExamples:\n" + app->get_footer() + "\n";
  help += "\n" + make_usage(app, std::move(name)) + make_positionals(app) + make_groups(app, mode) +
          make_subcommands(app, mode);
  const CLI::App* root = app;
  while (root->get_parent() != nullptr) root = root->get_parent();
  if (root != app) {
    help += make_group("Everywhere", false, root->get_options([root](const CLI::Option* option) {
      return option->nonpositional() && option != root->get_help_ptr();
    }));
  }
  return help;
}

// "0..1 [1]" instead of CLI11's "0..1=1 ...", which reads like something to type.
std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  std::string text;
  if (!option->get_positional() && option->get_type_size() != 0 && !option->get_type_name().empty())
    text += " " + option->get_type_name();
  if (!option->get_default_str().empty()) text += " [" + option->get_default_str() + "]";
  if (option->get_required() && !option->get_positional()) text += " (required)";
  return text;
}

}  // namespace atelier::cli
