#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "program.h"
#include "taste_pick.h"
#include "taste_session.h"

namespace atelier::cli {

/// The options of `stylize` that let a person's taste decide.
struct PersonOptions {
  TasteOptions taste;    ///< user: a person or a taste code
  std::string for_each;  ///< a file with a name a line
  TastePickOptions pick;

  /// `style` is the option that excludes these.
  void add_to(CLI::App& command, CLI::Option* style);
  /// Error Usage "stylize.style" unless there is one way to choose a style, and for options that need a
  /// person.
  void validate(const std::vector<std::string>& styles, const std::string& output) const;

  bool is_person() const;  ///< a person's taste decides, or several people's
  bool is_batch() const { return !for_each.empty(); }
};

/// What one person gets.
struct PersonStyles {
  std::string user;
  std::string folder;  ///< in a batch: the name as a folder, else empty
  std::vector<TastePick> picks;
};

/// Styles for the person, or for everyone in the file. Warns about people without answers and about fewer
/// variants than asked for; with -v says how each style came about. Errors: Usage "store.user_name" naming
/// the line, NoInput "input.none" for a file without names.
std::vector<PersonStyles> choose_for_people(const Program& program, const PersonOptions& options,
                                            const std::shared_ptr<const model::ModelBundle>& bundle);

/// The name with everything but letters, digits, '.', '_' and '-' as %xx, so that two names never share a
/// folder and none leaves it.
std::string folder_name(const std::string& user);

}  // namespace atelier::cli
