#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/personalization/question_selector.h"
#include "program.h"
#include "taste_pictures.h"
#include "taste_session.h"

namespace atelier::cli {

/// What the commands that ask a person have in common.
struct AskingOptions {
  TasteOptions taste;
  std::string answers;  ///< a file, "-" or empty
  bool next = false;    ///< print the next question instead of asking it
  std::string photo, render;
  std::string strategy = "auto";
  int count = 0;  ///< questions to ask; 0: until more will not help

  void add_to(CLI::App& command);            ///< --user, --mood, --store, --answers, --next
  void add_questions_to(CLI::App& command);  ///< --photo, --render, --strategy, --count
};

/// Asks about the styles of a gallery.
class Asking {
 public:
  /// Everything that can be refused is refused here. Styles come with pictures when a photo or a folder for
  /// them is named, or when a person is to be asked `in_person` about styles.
  Asking(const Program& program, const AskingOptions& options, bool in_person);

  TasteSession& session() { return open_.session; }
  const TasteGallery& gallery() const { return open_.gallery; }
  const personalization::QuestionSelector& selector() const { return selector_; }

  /// Records what --answers names, if anything.
  void record_file();
  void record(std::vector<storage::Answer> answers);
  const std::vector<std::int64_t>& recorded() const { return recorded_; }

  /// A style as a question shows it, painted first when there are pictures.
  nlohmann::json to_json(const std::string& style);
  /// The style on stderr for a person, as "LABEL  description  [file]", and its picture.
  void show(const std::string& label, const std::string& style);

  /// The state as JSON: "recorded", "enough" and, unless it is discarded, "question".
  void print_json(const nlohmann::json& question) const;
  /// What was kept and whether more answers will help, on stdout.
  int report() const;

  /// Asks `one` again and again. It gives false to stop. Stops by itself when --count is reached, or when
  /// more answers will not help and the person agrees.
  template <typename One>
  void loop(One one) {
    while (goes_on() && one()) ++asked_;
  }
  /// "u" takes the last answer back, "q" or the end of the input stop. Nothing for these: see stopped().
  std::optional<std::string> ask_verdict(const std::string& prompt, std::vector<std::string> words);
  bool stopped() const { return stopped_; }
  const std::string& context() const { return context_; }  ///< of answers: the photo's name

 private:
  bool goes_on();

  const Program& program_;
  const AskingOptions& options_;
  OpenTaste open_;
  personalization::QuestionSelector selector_;
  std::optional<TastePictures> pictures_;
  TerminalPictures terminal_ = TerminalPictures::None;
  std::vector<std::int64_t> recorded_;
  std::string context_;
  int asked_ = 0;
  bool stopped_ = false, told_ = false;
};

nlohmann::json to_json(const personalization::Enough& enough);

}  // namespace atelier::cli
