#include <spdlog/fmt/fmt.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>

#include "atelier/core/error.h"
#include "atelier/storage/portable.h"
#include "atelier/storage/user_name.h"
#include "commands/taste_commands.h"
#include "json_output.h"
#include "private_file.h"
#include "taste_answers.h"
#include "taste_review.h"
#include "taste_session.h"
#include "terminal.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using storage::PreferenceStore;

struct RecordsCommand {
  TasteOptions taste;
  std::string file;
  std::int64_t id = 0;
  bool yes = false;
  std::string consent;
  int days = -1;
};

using Act = int (*)(const Program&, const RecordsCommand&, PreferenceStore&);

void require_known(PreferenceStore& store, const std::string& user) {
  if (store.exists(user)) return;
  throw Error(
      ErrorCode::NoInput, "store.user_unknown",
      "nothing is kept about '" + printable(user) + "' here; 'atelier taste users' lists who is known");
}

std::string date_of(std::int64_t time) {
  const std::time_t seconds = time;
  std::tm parts{};
  char text[32];
  if (::gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
    return std::to_string(time);
  return text;
}

int undo(const Program& program, const RecordsCommand& command, PreferenceStore& store) {
  std::optional<storage::Answer> undone;
  if (command.id > 0) {
    for (storage::Answer& answer : store.answers(command.taste.user)) {
      if (answer.id == command.id) undone = std::move(answer);
    }
    store.undo(command.taste.user, command.id);
  } else {
    undone = store.undo_last(command.taste.user);
  }
  if (program.json) {
    print_json({{"schema", 1}, {"undone", undone ? to_json(*undone) : json()}});
  } else {
    std::cout << (undone ? "taken back: " + describe(*undone) : "there is nothing to take back") << std::endl;
  }
  return 0;
}

int users(const Program& program, const RecordsCommand&, PreferenceStore& store) {
  const std::vector<std::string> names = store.users();
  if (program.json) {
    print_json({{"schema", 1}, {"store", store.where()}, {"users", names}});
  } else {
    for (const std::string& name : names) std::cout << printable(name) << "\n";
  }
  return 0;
}

int export_user(const Program& program, const RecordsCommand& command, PreferenceStore& store) {
  require_known(store, command.taste.user);
  if (command.file == "-") {
    storage::export_taste(store, command.taste.user, std::cout);
    return 0;
  }
  PrivateFile file(command.file);
  const std::size_t count = storage::export_taste(store, command.taste.user, file.stream());
  file.keep();
  if (program.json) {
    print_json({{"schema", 1}, {"file", command.file}, {"answers", count}});
  } else {
    std::cout << fmt::format("{} answers in {}\n", count, printable(command.file));
  }
  return 0;
}

int import_user(const Program& program, const RecordsCommand& command, PreferenceStore& store) {
  std::ifstream file;
  if (command.file != "-") {
    std::error_code ignored;
    if (fs::is_regular_file(command.file, ignored)) file.open(command.file, std::ios::binary);
    if (!file.is_open()) {
      throw Error(ErrorCode::NoInput, "file.open",
                  printable(command.file) + ": there is no such file, or it cannot be read");
    }
  }
  std::istream& in = command.file == "-" ? std::cin : file;
  const std::string name = command.file == "-" ? "standard input" : printable(command.file);
  const storage::ImportResult result = storage::import_taste(store, command.taste.user, in, name);
  if (program.json) {
    print_json({{"schema", 1}, {"added", result.added}, {"known", result.known}});
  } else {
    std::cout << fmt::format("{} answers added, {} were here already\n", result.added, result.known);
  }
  return 0;
}

void confirm_erasure(const std::string& user) {
  if (!can_ask()) {
    throw Error(ErrorCode::Usage, "taste.erase",
                "erasing cannot be taken back, and there is no terminal to ask on: add --yes if you mean it");
  }
  const std::optional<std::string> typed =
      ask("Everything kept about " + printable(user) + " will be gone for good. Type the name to go on: ");
  if (typed != user)
    throw Error(ErrorCode::Usage, "taste.erase", "the name was not typed; nothing was erased");
}

int erase(const Program& program, const RecordsCommand& command, PreferenceStore& store) {
  require_known(store, command.taste.user);
  if (!command.yes) confirm_erasure(command.taste.user);
  const storage::Receipt receipt = store.erase(command.taste.user);
  if (program.json) {
    print_json({{"schema", 1},
                {"user", receipt.user},
                {"time", receipt.time},
                {"answers", receipt.answers},
                {"profiles", receipt.profiles},
                {"backups", receipt.backups},
                {"key_destroyed", receipt.key_destroyed}});
    return 0;
  }
  std::cout << fmt::format(
      "erased {} on {}: {} answers, {} fitted profiles, {} backups of the database\n{}\n",
      printable(receipt.user), date_of(receipt.time), receipt.answers, receipt.profiles, receipt.backups,
      receipt.key_destroyed ? "the key is destroyed: older copies of the store cannot be read any more"
                            : "there was no key");
  return 0;
}

int consent(const Program& program, const RecordsCommand& command, PreferenceStore& store) {
  storage::Settings settings = store.settings(command.taste.user);
  if (!command.consent.empty()) {
    settings.pooled_learning = command.consent == "on";
    store.put_settings(command.taste.user, settings);
    if (!settings.pooled_learning) end_review(store, command.taste.user);
  }
  const bool reviewed = under_review(store, command.taste.user);
  if (program.json) {
    print_json({{"schema", 1}, {"pooled_learning", settings.pooled_learning}, {"under_review", reviewed}});
  } else {
    std::cout << (settings.pooled_learning
                      ? "on: these answers may enter a shared prior, with noise, among 200 people or more\n"
                      : "off: these answers are for this person only\n");
    if (reviewed) {
      std::cout << "under review: many new accounts came when this one did and say the same about a style; "
                   "nothing changes for this person\n";
    }
  }
  return 0;
}

int retention(const Program& program, const RecordsCommand& command, PreferenceStore& store) {
  storage::Settings settings = store.settings(command.taste.user);
  std::int64_t removed = 0;
  if (command.days >= 0) {
    settings.retention_days = command.days;
    store.put_settings(command.taste.user, settings);
    removed = store.apply_retention(seconds_now());
  }
  if (program.json) {
    print_json({{"schema", 1}, {"retention_days", settings.retention_days}, {"removed", removed}});
    return 0;
  }
  std::cout << (settings.retention_days == 0
                    ? std::string("answers are kept until they are erased")
                    : fmt::format("answers are kept for {} days", settings.retention_days))
            << (removed > 0 ? fmt::format("; {} older ones were removed", removed) : std::string())
            << std::endl;
  return 0;
}

CLI::App* add(CLI::App& taste, Program& program, const std::shared_ptr<RecordsCommand>& options,
              const char* name, const char* description, const char* examples, Act act,
              bool has_user = true) {
  CLI::App* command = taste.add_subcommand(name, description);
  command->footer(examples);
  if (has_user) options->taste.add_user_to(*command);
  options->taste.add_store_to(*command);
  command->callback([&program, options, act, has_user] {
    program.action = [&program, options, act, has_user] {
      if (has_user) storage::check_user_name(options->taste.user);
      return act(program, *options, *open_taste_store(options->taste.store));
    };
  });
  return command;
}

}  // namespace

void add_taste_records(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<RecordsCommand>();
  add(taste, program, options, "undo", "Take the last answer back", "  atelier taste undo --user ana", undo)
      ->add_option("--id", options->id, "Take this answer back instead; 'taste export' and --json show ids")
      ->type_name("N")
      ->check(CLI::PositiveNumber.description(""));
  add(taste, program, options, "users", "Who is known here", "  atelier taste users", users, false);
  add(taste, program, options, "export", "Everything kept about a person, as JSON Lines",
      "  atelier taste export --user ana -o ana.jsonl", export_user)
      ->add_option("-o,--output", options->file, "File to write, for your eyes only; - is standard output")
      ->type_name("FILE")
      ->required();
  add(taste, program, options, "import", "Read what 'taste export' wrote; twice adds nothing twice",
      "  atelier taste import --user ana ana.jsonl", import_user)
      ->add_option("FILE", options->file, "A file of 'taste export'; - is standard input")
      ->required();
  add(taste, program, options, "erase", "Destroy everything kept about a person, and the key to it",
      "  atelier taste erase --user ana", erase)
      ->add_flag("--yes", options->yes, "Do not ask");
  add(taste, program, options, "consent", "May a person's answers help to know people in general?",
      "  atelier taste consent --user ana\n  atelier taste consent --user ana on", consent)
      ->add_option("on|off", options->consent, "The decision; default: show it")
      ->check(CLI::IsMember({"on", "off"}).description(""));
  add(taste, program, options, "retention", "How long a person's answers are kept",
      "  atelier taste retention --user ana --days 365", retention)
      ->add_option("--days", options->days, "Days; 0: until they are erased; default: show the setting")
      ->type_name("N")
      ->check(CLI::Range(0, 36500).description(""));
}

}  // namespace atelier::cli
