#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "atelier/personalization/preference_model.h"
#include "atelier/storage/preference_store.h"
#include "program.h"
#include "taste_gallery.h"

namespace atelier::cli {

/// Whose taste, of which mood, and where it is kept. Shared by all commands about people.
struct TasteOptions {
  std::string user, mood, store;

  void add_user_to(CLI::App& command);   ///< --user, required
  void add_mood_to(CLI::App& command);   ///< --mood
  void add_store_to(CLI::App& command);  ///< --store
};

/// The store, with what is too old by its owners' wish already gone. `where` as typed after --store.
std::unique_ptr<storage::PreferenceStore> open_taste_store(const std::string& where);

std::int64_t seconds_now();  ///< since 1970, UTC

/// One person's answers, and the taste that follows from them at this moment.
class TasteSession {
 public:
  /// `gallery` and `store` must outlive the session. Errors: Usage "store.user_name", "taste.mood".
  TasteSession(const TasteGallery& gallery, storage::PreferenceStore& store, const std::string& user,
               const std::string& mood);

  const TasteGallery& gallery() const { return gallery_; }
  storage::PreferenceStore& store() const { return store_; }
  const std::string& user() const { return user_; }
  const std::string& mood() const { return mood_; }
  /// All that counts, of every mood.
  const std::vector<storage::Answer>& answers() const { return answers_; }
  const std::vector<personalization::TasteObservation>& observations() const { return observations_; }
  const personalization::PreferenceModel& model() const { return *model_; }

  /// Fills in time and, where the answer names none, the session's mood; keeps all of them or none. Gives
  /// their ids and learns from them.
  std::vector<std::int64_t> record(std::vector<storage::Answer> answers);
  std::optional<storage::Answer> undo_last();

  /// Styles judged alone and pairs judged, in this mood.
  std::set<std::string> asked_styles() const;
  std::set<std::pair<std::string, std::string>> asked_pairs() const;

 private:
  void learn();

  const TasteGallery& gallery_;
  storage::PreferenceStore& store_;
  std::string user_, mood_;
  std::vector<storage::Answer> answers_;
  std::vector<personalization::TasteObservation> observations_;
  std::optional<personalization::PreferenceModel> model_;
};

/// Gallery, store and session together, as most commands need them.
struct OpenTaste {
  OpenTaste(const Program& program, const TasteOptions& options);

  TasteGallery gallery;
  std::unique_ptr<storage::PreferenceStore> store;
  TasteSession session;
};

/// A person without answers is served from what people in general like; says so on stderr.
void warn_if_unknown(const TasteSession& session);

}  // namespace atelier::cli
