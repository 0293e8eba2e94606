#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "atelier/storage/records.h"

namespace atelier::storage {

/// What one person decided about their data.
struct Settings {
  bool pooled_learning = false;  ///< may their answers enter a shared prior; off until they say yes
  int retention_days = 0;  ///< answers older than this are removed by apply_retention(); 0: kept for ever

  bool operator==(const Settings&) const = default;
};

/// An answer as it lies in the store, also when it was taken back.
struct StoredAnswer {
  Answer answer;
  bool undone = false;
  /// Names an answer without a token wherever it is copied to: 32 hex digits; "" when the answer has a token.
  std::string uid;

  bool operator==(const StoredAnswer&) const = default;
};

/// What erase() removed, and when.
struct Receipt {
  std::string user;
  std::int64_t time = 0;     ///< seconds since 1970, UTC
  std::int64_t answers = 0;  ///< with those taken back
  std::int64_t profiles = 0;
  std::int64_t backups = 0;    ///< files that a migration had left beside the database
  bool key_destroyed = false;  ///< copies of the database made earlier can no longer be read

  bool operator==(const Receipt&) const = default;
};

/// One line of the privacy ledger: something learned from several people was given out.
struct Release {
  std::int64_t id = 0;     ///< given by the store, rising
  std::int64_t time = 0;   ///< seconds since 1970, UTC
  double epsilon = 0;      ///< > 0, finite
  double delta = 0;        ///< [0, 1)
  std::int64_t users = 0;  ///< how many people were in it
  std::string purpose;     ///< 1..256 bytes for people

  bool operator==(const Release&) const = default;
};

/// Remembers people's answers. Every method about a person takes that person's name first and sees nothing of
/// anybody else: ids are counted per person, so another's id is an unknown one. What a person said is
/// encrypted with a key of their own (key_ring.h), on every kind of store.
///
/// Writing is durable when the method returns and has changed nothing when it throws. Safe from many threads,
/// which take turns. A person whose name was never seen reads as one without answers.
///
/// Errors, beside those named below: Usage "store.user_name" (user_name.h), TryAgain "store.locked" (another
/// program is writing) and "store.slow" (the server did not answer in time), Io "store.full" and "store.io",
/// NotPermitted "store.read_only", BadData "store.corrupt", Unavailable "store.unreachable".
class PreferenceStore {
 public:
  virtual ~PreferenceStore() = default;
  PreferenceStore(const PreferenceStore&) = delete;
  PreferenceStore& operator=(const PreferenceStore&) = delete;

  /// The place, for people: a path, or a URL without its password.
  virtual std::string where() const = 0;

  virtual std::vector<std::string> users() = 0;            ///< sorted by bytes
  virtual std::vector<std::string> users_who_share() = 0;  ///< those with Settings::pooled_learning, sorted
  virtual bool exists(const std::string& user) = 0;

  /// Keeps the answer and gives its id; makes the person when new. `answer.id` is ignored. The same non-empty
  /// token again: the first answer stays, its id comes back. Changing one's mind is a new answer: the last by
  /// id counts. Error BadData "taste.answer" (see validate).
  virtual std::int64_t record(const std::string& user, const Answer& answer) = 0;

  /// Takes an answer back; doing it twice is doing it once. Error NoInput "store.answer_unknown" when this
  /// person has no such answer.
  virtual void undo(const std::string& user, std::int64_t id) = 0;
  /// Takes the newest answer that still counts back and gives it; nothing when none is left.
  virtual std::optional<Answer> undo_last(const std::string& user) = 0;

  /// The answers that count (not taken back), by rising id. `mood`: only those with exactly that mood ("" is
  /// the general taste), all moods when absent. `since`: only those with this time or a later one.
  virtual std::vector<Answer> answers(const std::string& user, const std::optional<std::string>& mood = {},
                                      std::int64_t since = 0) = 0;

  /// Everything by rising id, also what was taken back: at most `limit` with an id above `after`.
  virtual std::vector<StoredAnswer> history(const std::string& user, std::int64_t after = 0,
                                            std::size_t limit = SIZE_MAX) = 0;

  /// Puts an answer that comes from elsewhere at the end, as it was there (id aside). False when it is here
  /// already, by token or uid. Error BadData "taste.answer".
  virtual bool restore(const std::string& user, const StoredAnswer& stored) = 0;

  /// Runs `work` so that everything it writes here is kept together or, when it throws, not at all. Other
  /// programs cannot write meanwhile.
  virtual void together(const std::function<void()>& work) = 0;

  /// A fitted model of the person, a cache of their answers: at most 1 MiB of bytes under a key of 1..64
  /// bytes. It goes when retention removes answers. Error NoInput "store.user_unknown", Usage
  /// "store.profile".
  virtual void put_profile(const std::string& user, const std::string& key, const std::string& bytes) = 0;
  virtual std::optional<std::string> profile(const std::string& user, const std::string& key) = 0;

  virtual Settings settings(const std::string& user) = 0;
  /// Makes the person when new. Error Usage "store.settings" for days outside 0..36500.
  virtual void put_settings(const std::string& user, const Settings& settings) = 0;

  /// Removes what is older than its owner wishes (whole UTC days before `now`) and those people's profiles.
  /// Gives the number of answers removed.
  virtual std::int64_t apply_retention(std::int64_t now) = 0;

  /// Destroys the person's key, then everything of theirs; overwrites the place where it was. Copies of the
  /// database made earlier stay unreadable, and opening one removes the person again. Not within
  /// together(). Error NoInput "store.user_unknown".
  virtual Receipt erase(const std::string& user) = 0;

  /// Appends to the ledger, which nothing removes, and gives the line's id. Error Usage "store.release".
  virtual std::int64_t append_release(const Release& release) = 0;
  virtual std::vector<Release> releases() = 0;  ///< by rising id

  /// Reads everything, for `atelier doctor`: Error BadData "store.corrupt" when something does not hold.
  virtual void verify() = 0;

 protected:
  PreferenceStore() = default;
};

}  // namespace atelier::storage
