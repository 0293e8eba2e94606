#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace atelier::cli {

/// Help as people read it: what it is, examples (the command's footer) first, then usage and options; a
/// subcommand also shows the options that stand everywhere.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
};

}  // namespace atelier::cli
