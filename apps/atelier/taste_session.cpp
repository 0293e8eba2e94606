#include "taste_session.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "atelier/core/error.h"
#include "atelier/storage/open_store.h"
#include "atelier/storage/user_name.h"

namespace atelier::cli {
namespace {

using storage::AnswerKind;

constexpr std::size_t kMoodBytes = 64;

void check_mood(const std::string& mood) {
  if (mood.size() <= kMoodBytes && storage::is_plain_text(mood)) return;
  throw Error(ErrorCode::Usage, "taste.mood",
              "the name of a mood is 64 bytes of plain text at most; choose another one with --mood");
}

}  // namespace

void TasteOptions::add_user_to(CLI::App& command) {
  command.add_option("-u,--user", user, "Whose taste: a name of your choice, 64 bytes at most")
      ->type_name("NAME")
      ->required();
}

void TasteOptions::add_mood_to(CLI::App& command) {
  command
      .add_option("--mood", mood, "A taste of its own beside the general one, such as calm; default: general")
      ->type_name("NAME");
}

void TasteOptions::add_store_to(CLI::App& command) {
  command
      .add_option(
          "--store", store,
          "Where answers are kept: a file or postgresql://...; default: taste.sqlite in the data folder")
      ->type_name("WHERE");
}

std::unique_ptr<storage::PreferenceStore> open_taste_store(const std::string& where) {
  std::unique_ptr<storage::PreferenceStore> store = storage::open_store(where);
  store->apply_retention(seconds_now());
  return store;
}

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TasteSession::TasteSession(const TasteGallery& gallery, storage::PreferenceStore& store,
                           const std::string& user, const std::string& mood)
    : gallery_(gallery), store_(store), user_(user), mood_(mood) {
  storage::check_user_name(user);
  check_mood(mood);
  learn();
}

void TasteSession::learn() {
  answers_ = store_.answers(user_);
  observations_ = personalization::observe(gallery_.features(), answers_);
  model_ =
      personalization::PreferenceModel::fit(gallery_.prior(), observations_, seconds_now(), {.mood = mood_});
}

std::vector<std::int64_t> TasteSession::record(std::vector<storage::Answer> answers) {
  const std::int64_t now = seconds_now();
  for (storage::Answer& answer : answers) {
    if (answer.time == 0) answer.time = now;
    if (answer.mood.empty()) answer.mood = mood_;
    storage::validate(answer);
  }
  std::vector<std::int64_t> ids;
  store_.together([&] {
    for (const storage::Answer& answer : answers) ids.push_back(store_.record(user_, answer));
  });
  learn();
  return ids;
}

std::optional<storage::Answer> TasteSession::undo_last() {
  const std::optional<storage::Answer> undone = store_.undo_last(user_);
  learn();
  return undone;
}

std::set<std::string> TasteSession::asked_styles() const {
  std::set<std::string> asked;
  for (const storage::Answer& answer : answers_) {
    if (answer.mood == mood_ && answer.subjects.size() == 1) asked.insert(answer.subjects.front().style);
  }
  return asked;
}

std::set<std::pair<std::string, std::string>> TasteSession::asked_pairs() const {
  std::set<std::pair<std::string, std::string>> asked;
  for (const storage::Answer& answer : answers_) {
    if (answer.mood == mood_ && answer.subjects.size() == 2)
      asked.emplace(answer.subjects.front().style, answer.subjects.back().style);
  }
  return asked;
}

OpenTaste::OpenTaste(const Program& program, const TasteOptions& options)
    : gallery((storage::check_user_name(options.user), program.open_bundle())),
      store(open_taste_store(options.store)),
      session(gallery, *store, options.user, options.mood) {}

void warn_if_unknown(const TasteSession& session) {
  if (!session.answers().empty()) return;
  spdlog::warn(
      "no answers of this person are kept here: this is what people in general like; ask with 'atelier taste "
      "choose'");
}

}  // namespace atelier::cli
