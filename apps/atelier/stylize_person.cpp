#include "stylize_person.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/storage/user_name.h"
#include "options.h"
#include "style_argument.h"

namespace atelier::cli {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{16} << 20;

std::vector<std::string> read_names(const std::string& file) {
  std::istringstream lines(read_file(file, kMaxListBytes));
  std::vector<std::string> names;
  std::set<std::string> known;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    try {
      storage::check_user_name(line);
    } catch (const Error& error) {
      throw Error(error.code(), error.id(),
                  printable(file) + ":" + std::to_string(number) + ": " + error.what());
    }
    if (known.insert(line).second) names.push_back(line);
  }
  if (names.empty())
    throw Error(ErrorCode::NoInput, "input.none",
                printable(file) + ": there are no names in this file, one a line");
  return names;
}

std::vector<TastePick> choose(const TasteSession& session, const TastePickOptions& options) {
  warn_if_unknown(session);
  std::vector<TastePick> picks = pick_styles(session, options);
  if (picks.size() < static_cast<std::size_t>(options.variants))
    spdlog::warn("{} variants instead of {}: this gallery has no more styles that differ", picks.size(),
                 options.variants);
  for (const TastePick& pick : picks) {
    spdlog::debug("{} is {}, expected to be {:+.2f} (sd {:.2f}) against an average style", pick.name(),
                  pick.how, pick.utility.mean, pick.utility.sd);
  }
  return picks;
}

}  // namespace

void PersonOptions::add_to(CLI::App& command, CLI::Option* style) {
  CLI::Option* user =
      command.add_option("--for", taste.user, "A person whose taste chooses the style, or a taste code")
          ->type_name("USER|CODE")
          ->excludes(style);
  command
      .add_option("--for-each", for_each,
                  "A file of people, one a line: each gets a folder of their own in -o DIR")
      ->type_name("FILE")
      ->excludes(style)
      ->excludes(user);
  taste.add_mood_to(command);
  command
      .add_option("--explore", pick.explore,
                  "How adventurous: 0 is what is surely liked, 1 anything that may be; --seed changes it")
      ->type_name("0..1")
      ->check(unit_interval())
      ->capture_default_str();
  command
      .add_option("--variants", pick.variants,
                  "How many different styles for the person; names get -1, -2 ...")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""))
      ->capture_default_str();
  taste.add_store_to(command);
}

bool PersonOptions::is_person() const {
  return is_batch() || (!taste.user.empty() && !is_taste_code(taste.user));
}

void PersonOptions::validate(const std::vector<std::string>& styles, const std::string& output) const {
  if (styles.empty() && taste.user.empty() && for_each.empty()) {
    throw Error(
        ErrorCode::Usage, "stylize.style",
        "say which style: --style STYLE, --for USER or --for-each FILE; see 'atelier stylize --help'");
  }
  const bool has_choices = !taste.mood.empty() || pick.explore != 0 || pick.variants != 1;
  if (!is_person() && has_choices) {
    throw Error(ErrorCode::Usage, "stylize.style",
                "--mood, --explore and --variants need a person: name one with --for USER");
  }
  if (is_batch() && output == "-")
    throw Error(ErrorCode::Usage, "output.collision",
                "-o -: standard output takes one picture; give a folder");
}

std::vector<PersonStyles> choose_for_people(const Program& program, const PersonOptions& options,
                                            const std::shared_ptr<const model::ModelBundle>& bundle) {
  const std::vector<std::string> names =
      options.is_batch() ? read_names(options.for_each) : std::vector{options.taste.user};
  for (const std::string& name : names) storage::check_user_name(name);
  const TasteGallery gallery(bundle);
  const auto store = open_taste_store(options.taste.store);
  TastePickOptions pick = options.pick;
  pick.seed = program.seed;
  std::vector<PersonStyles> people;
  for (const std::string& name : names) {
    const TasteSession session(gallery, *store, name, options.taste.mood);
    people.push_back({name, options.is_batch() ? folder_name(name) : std::string(), choose(session, pick)});
  }
  return people;
}

std::string folder_name(const std::string& user) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string folder;
  for (const char c : user) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '_' || c == '-' || (c == '.' && !folder.empty());
    if (is_plain) {
      folder += c;
    } else {
      folder += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return folder;
}

}  // namespace atelier::cli
