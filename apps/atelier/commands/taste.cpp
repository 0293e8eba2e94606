#include "commands/commands.h"
#include "commands/taste_commands.h"

namespace atelier::cli {

void add_taste(CLI::App& app, Program& program) {
  CLI::App* taste = app.add_subcommand("taste", "Learn what a person likes, explain it, and keep it private");
  taste->require_subcommand(1);
  add_taste_survey(*taste, program);
  add_taste_rate(*taste, program);
  add_taste_choose(*taste, program);
  add_taste_show(*taste, program);
  add_taste_code(*taste, program);
  add_taste_group(*taste, program);
  add_taste_segment(*taste, program);
  add_taste_population(*taste, program);
  add_taste_records(*taste, program);
  taste->footer(
      "  atelier taste survey --user ana\n"
      "  atelier taste choose --user ana --photo photo.jpg\n"
      "  atelier stylize photo.jpg --for ana -o painting.jpg\n"
      "  atelier taste explain --user ana");
}

}  // namespace atelier::cli
