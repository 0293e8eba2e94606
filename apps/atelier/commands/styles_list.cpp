#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/style/style_search.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "style_listing.h"
#include "table.h"

namespace atelier::cli {
namespace {

struct ListCommand {
  std::vector<std::string> words;
  std::string like;
};

int list_styles(const Program& program, const ListCommand& command) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const StyleWords measured(*bundle, gallery);
  const std::vector<FoundStyle> found = find_styles(gallery, measured, command.words, command.like);
  const bool is_ranked = !found.empty() && found.front().match.has_value();

  nlohmann::json styles = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {
      is_ranked ? std::vector<std::string>{"NAME", "MATCH", "LOOK", "TITLE", "ARTIST", "YEAR", "PERIOD"}
                : std::vector<std::string>{"NAME", "TITLE", "ARTIST", "YEAR", "PERIOD", "LICENCE"}};
  for (const auto& [style, match] : found) {
    nlohmann::json json = style_json(*style, gallery);
    if (is_ranked) {
      const auto described = style::describe_attributes(measured.attributes(*style), measured.scales());
      json["match"] = *match;
      json["words"] = described;
      rows.push_back({style->name, fmt::format("{:+.2f}", *match), join_words(described),
                      printable(style->title), printable(style->artist), printable(style->year),
                      printable(style->period)});
    } else {
      rows.push_back({style->name, printable(style->title), printable(style->artist), printable(style->year),
                      printable(style->period), printable(style::short_licence(style->licence))});
    }
    styles.push_back(std::move(json));
  }
  if (program.json) {
    print_json({{"schema", 1}, {"space", gallery.built_in().space()}, {"styles", std::move(styles)}});
  } else if (found.empty()) {
    std::cout << "no style answers all of these words" << std::endl;
  } else {
    std::cout << format_table(rows);
  }
  return 0;
}

}  // namespace

void add_styles_list(CLI::App& styles, Program& program) {
  const auto options = std::make_shared<ListCommand>();
  CLI::App* listing =
      styles.add_subcommand("list", "All styles, or those that words name; your own stand first");
  listing->footer(
      "  atelier styles list hokusai\n"
      "  atelier styles list \"19th century\" japan\n"
      "  atelier styles list --like \"muted, coarse, not dark\"\n"
      "  atelier styles list --like \"ukiyo-e, blue\"");
  listing->add_option("WORD", options->words,
                      "In the name, title, artist, year, century, period, source or licence");
  listing
      ->add_option("--like", options->like,
                   "Words for what you look for, also for looks; the best answers stand first")
      ->type_name("WORDS");
  listing->callback([&program, options] {
    program.action = [&program, options] { return list_styles(program, *options); };
  });
}

}  // namespace atelier::cli
