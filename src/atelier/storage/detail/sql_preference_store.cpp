#include "atelier/storage/detail/sql_preference_store.h"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/storage/detail/answer_json.h"
#include "atelier/storage/user_name.h"

namespace atelier::storage::detail {
namespace {

constexpr std::int64_t kSecondsOfDay = 86400;
constexpr std::size_t kMaxProfileBytes = std::size_t{1} << 20;

std::string random_uid() {
  unsigned char bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  char text[2 * sizeof bytes + 1];
  sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
  return text;
}

// What is authenticated with a box, so that none can be moved to another row, table or person.
std::string name_place(std::int64_t user) {
  return "users/" + std::to_string(user);
}

std::string answer_place(std::int64_t user, std::int64_t id) {
  return "answers/" + std::to_string(user) + "/" + std::to_string(id);
}

std::string profile_place(std::int64_t user, const std::string& mark) {
  return "profiles/" + std::to_string(user) + "/" + mark;
}

std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void check_profile_key(const std::string& key) {
  if (key.empty() || key.size() > 64) {
    throw Error(ErrorCode::Usage, "store.profile", "a profile's key must be 1 to 64 bytes");
  }
}

void check_release(const Release& release) {
  const bool good = std::isfinite(release.epsilon) && release.epsilon > 0 && release.delta >= 0 &&
                    release.delta < 1 && release.users >= 0 && release.time >= 0 &&
                    !release.purpose.empty() && release.purpose.size() <= 256 &&
                    is_plain_text(release.purpose);
  if (!good) {
    throw Error(ErrorCode::Usage, "store.release",
                "a line of the privacy ledger needs epsilon > 0, delta in [0, 1), users and time >= 0 and a "
                "purpose of "
                "1 to 256 bytes");
  }
}

}  // namespace

SqlPreferenceStore::SqlPreferenceStore(std::unique_ptr<SqlDatabase> database, std::unique_ptr<KeyRing> ring)
    : database_(std::move(database)), ring_(std::move(ring)) {
  join_ring();
  remove_erased();
}

void SqlPreferenceStore::read(const std::function<void()>& work) {
  const std::lock_guard lock(mutex_);
  database_->transact(Access::Read, Again::Yes, work);
}

// A transaction may run again after the server went away: `work` must give the same result then, which it
// does because every row it adds has its token or uid before.
void SqlPreferenceStore::write(const std::function<void()>& work) {
  const std::lock_guard lock(mutex_);
  database_->transact(Access::Write, Again::Yes, [&] {
    work();
    if (new_keys_ && depth_ == 0) {
      ring_->sync();  // before anything is committed that only they can read
      new_keys_ = false;
    }
  });
}

void SqlPreferenceStore::together(const std::function<void()>& work) {
  const std::lock_guard lock(mutex_);
  struct Finally {
    int& depth;
    ~Finally() { --depth; }
  };
  database_->transact(Access::Write, Again::No, [&] {
    {
      ++depth_;
      const Finally finally{depth_};
      work();
    }
    if (new_keys_ && depth_ == 0) {
      ring_->sync();
      new_keys_ = false;
    }
  });
}

void SqlPreferenceStore::join_ring() {
  const auto bound_to = [&]() -> std::optional<std::string> {
    const auto rows = database_->run("SELECT value FROM meta WHERE name = 'key_ring'");
    return rows.empty() ? std::nullopt : std::optional(text(rows.front(), 0));
  };
  std::optional<std::string> ring;
  std::int64_t newest = 0;
  read([&] {
    ring = bound_to();
    newest = integer(database_->run("SELECT coalesce(max(id), 0) FROM users").front(), 0);
  });
  if (!ring) {
    write([&] {
      ring = bound_to();
      if (ring) return;
      database_->run("INSERT INTO meta (name, value) VALUES ('key_ring', $1)", {ring_->id()});
      database_->run("INSERT INTO meta (name, value) VALUES ('erased', $1)",
                     {std::to_string(ring_->destroyed())});
      ring = ring_->id();
    });
  }
  if (*ring != ring_->id()) {
    throw Error(ErrorCode::NotPermitted, "store.wrong_key",
                printable(where()) +
                    ": was written with other keys; put back the master.key and user.keys that belong to it");
  }
  if (newest > ring_->slots()) {
    throw Error(ErrorCode::NotPermitted, "store.wrong_key",
                printable(where()) + ": is newer than this copy of user.keys; put back the newest one");
  }
}

void SqlPreferenceStore::remove_erased() {
  const std::string destroyed = std::to_string(ring_->destroyed());
  bool up_to_date = false;
  read([&] {
    up_to_date = text(database_->run("SELECT value FROM meta WHERE name = 'erased'").front(), 0) == destroyed;
  });
  if (up_to_date) return;
  std::int64_t people = 0;
  write([&] {
    people = 0;
    for (const SqlRow& row : database_->run("SELECT id FROM users")) {
      if (ring_->key(integer(row, 0))) continue;
      remove_person(integer(row, 0));
      ++people;
    }
    database_->run("UPDATE meta SET value = $1 WHERE name = 'erased'", {destroyed});
  });
  if (people == 0) return;
  database_->scrub();
  spdlog::warn("{}: an older copy, it held answers of {} erased users; they are removed again",
               printable(where()), people);
}

SqlPreferenceStore::Removed SqlPreferenceStore::remove_person(std::int64_t id) {
  const auto count = [&](const char* statement) {
    return integer(database_->run(statement, {id}).front(), 0);
  };
  const Removed removed{count("SELECT count(*) FROM answers WHERE user_id = $1"),
                        count("SELECT count(*) FROM profiles WHERE user_id = $1")};
  database_->run("DELETE FROM profiles WHERE user_id = $1", {id});
  database_->run("DELETE FROM answers WHERE user_id = $1", {id});
  database_->run("DELETE FROM users WHERE id = $1", {id});
  return removed;
}

std::optional<SqlPreferenceStore::Person> SqlPreferenceStore::find(const std::string& user) {
  const auto rows =
      database_->run("SELECT id FROM users WHERE name_mark = $1", {Blob{ring_->name_mark(user)}});
  if (rows.empty()) return std::nullopt;
  const std::int64_t id = integer(rows.front(), 0);
  std::optional<SecretKey> key = ring_->key(id);
  if (!key) return std::nullopt;  // being erased by another program
  return Person{id, *key};
}

SqlPreferenceStore::Person SqlPreferenceStore::find_or_add(const std::string& user) {
  if (const auto person = find(user)) return *person;
  const Blob mark{ring_->name_mark(user)};
  // Remains of someone whose erasure was cut short.
  for (const SqlRow& row : database_->run("SELECT id FROM users WHERE name_mark = $1", {mark})) {
    remove_person(integer(row, 0));
  }
  const std::int64_t id = ring_->add();
  new_keys_ = true;
  const Person person{id, ring_->key(id).value()};
  database_->run("INSERT INTO users (id, name_mark, sealed_name) VALUES ($1, $2, $3)",
                 {id, mark, Blob{seal(person.key, user, name_place(id))}});
  return person;
}

SqlPreferenceStore::Person SqlPreferenceStore::require(const std::string& user) {
  if (const auto person = find(user)) return *person;
  throw Error(ErrorCode::NoInput, "store.user_unknown",
              "no user is called '" + printable(user) + "'; a user is made by the first answer");
}

void SqlPreferenceStore::refuse_damage(const std::string& what) const {
  throw Error(ErrorCode::BadData, "store.corrupt",
              printable(where()) + ": " + what + " was damaged or changed from outside; restore a backup");
}

std::vector<std::string> SqlPreferenceStore::names(const std::string& condition) {
  std::vector<std::string> names;
  read([&] {
    names.clear();
    for (const SqlRow& row : database_->run("SELECT id, sealed_name FROM users" + condition)) {
      const std::optional<SecretKey> key = ring_->key(integer(row, 0));
      if (!key) continue;
      std::optional<std::string> name = open_sealed(*key, blob(row, 1), name_place(integer(row, 0)));
      if (!name) refuse_damage("the name of a user");
      names.push_back(std::move(*name));
    }
  });
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> SqlPreferenceStore::users() {
  return names("");
}

std::vector<std::string> SqlPreferenceStore::users_who_share() {
  return names(" WHERE pooled_learning = 1");
}

bool SqlPreferenceStore::exists(const std::string& user) {
  check_user_name(user);
  bool found = false;
  read([&] { found = find(user).has_value(); });
  return found;
}

// The id of the answer, and whether it is new.
std::pair<std::int64_t, bool> SqlPreferenceStore::insert(const Person& person, const StoredAnswer& stored) {
  const Answer& answer = stored.answer;
  const Blob mark{
      keyed_mark(person.key, answer.token.empty() ? "uid/" + stored.uid : "token/" + answer.token)};
  const auto known =
      database_->run("SELECT id FROM answers WHERE user_id = $1 AND mark = $2", {person.id, mark});
  if (!known.empty()) return {integer(known.front(), 0), false};
  // Also makes others who add for this person wait, so that ids rise in the order of commits.
  const auto next = database_->run(
      "UPDATE users SET last_answer = last_answer + 1 WHERE id = $1 RETURNING last_answer", {person.id});
  if (next.empty()) {
    throw Error(ErrorCode::TryAgain, "store.locked", "the user was erased meanwhile; try again");
  }
  const std::int64_t id = integer(next.front(), 0);
  database_->run(
      "INSERT INTO answers (user_id, id, day, undone, mark, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
      {person.id, id, answer.time / kSecondsOfDay, std::int64_t{stored.undone}, mark,
       Blob{seal(person.key, pack(stored), answer_place(person.id, id))}});
  return {id, true};
}

std::int64_t SqlPreferenceStore::record(const std::string& user, const Answer& answer) {
  check_user_name(user);
  validate(answer);
  const StoredAnswer stored{answer, false, answer.token.empty() ? random_uid() : ""};
  std::int64_t id = 0;
  write([&] { id = insert(find_or_add(user), stored).first; });
  return id;
}

bool SqlPreferenceStore::restore(const std::string& user, const StoredAnswer& stored) {
  check_user_name(user);
  validate(stored.answer);
  StoredAnswer named = stored;
  if (!named.answer.token.empty()) {
    named.uid.clear();
  } else if (named.uid.empty()) {
    named.uid = random_uid();
  }
  bool added = false;
  write([&] { added = insert(find_or_add(user), named).second; });
  return added;
}

void SqlPreferenceStore::undo(const std::string& user, std::int64_t id) {
  check_user_name(user);
  write([&] {
    const auto person = find(user);
    if (person && !database_
                       ->run("UPDATE answers SET undone = 1 WHERE user_id = $1 AND id = $2 RETURNING id",
                             {person->id, id})
                       .empty()) {
      return;
    }
    throw Error(
        ErrorCode::NoInput, "store.answer_unknown",
        "'" + printable(user) + "' has no answer " + std::to_string(id) + "; 'taste show' lists them");
  });
}

std::optional<Answer> SqlPreferenceStore::undo_last(const std::string& user) {
  check_user_name(user);
  const std::lock_guard lock(mutex_);
  // Found apart from undoing it: run again after an uncertain commit, undo(id) takes back the same one.
  std::optional<Answer> last;
  read([&] {
    last.reset();
    const auto person = find(user);
    if (!person) return;
    const auto rows = database_->run(
        "SELECT id, undone, sealed FROM answers WHERE user_id = $1 AND undone = 0 ORDER BY id DESC LIMIT 1",
        {person->id});
    if (!rows.empty()) last = open(*person, rows.front()).answer;
  });
  if (last) undo(user, last->id);
  return last;
}

StoredAnswer SqlPreferenceStore::open(const Person& person, const SqlRow& row) {
  const std::int64_t id = integer(row, 0);
  const auto packed = open_sealed(person.key, blob(row, 2), answer_place(person.id, id));
  if (!packed) refuse_damage("answer " + std::to_string(id) + " of a user");
  StoredAnswer stored = unpack(*packed);
  stored.answer.id = id;
  stored.undone = integer(row, 1) != 0;
  return stored;
}

std::vector<Answer> SqlPreferenceStore::answers(const std::string& user,
                                                const std::optional<std::string>& mood, std::int64_t since) {
  check_user_name(user);
  std::vector<Answer> found;
  read([&] {
    found.clear();
    const auto person = find(user);
    if (!person) return;
    const std::int64_t first_day = std::max<std::int64_t>(since, 0) / kSecondsOfDay;
    for (const SqlRow& row : database_->run(
             "SELECT id, undone, sealed FROM answers WHERE user_id = $1 AND undone = 0 AND day >= $2 "
             "ORDER BY id",
             {person->id, first_day})) {
      Answer answer = open(*person, row).answer;
      if (answer.time >= since && (!mood || answer.mood == *mood)) found.push_back(std::move(answer));
    }
  });
  return found;
}

std::vector<StoredAnswer> SqlPreferenceStore::history(const std::string& user, std::int64_t after,
                                                      std::size_t limit) {
  check_user_name(user);
  std::vector<StoredAnswer> found;
  read([&] {
    found.clear();
    const auto person = find(user);
    if (!person) return;
    const auto most =
        static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
    for (const SqlRow& row : database_->run(
             "SELECT id, undone, sealed FROM answers WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3",
             {person->id, after, most})) {
      found.push_back(open(*person, row));
    }
  });
  return found;
}

void SqlPreferenceStore::put_profile(const std::string& user, const std::string& key,
                                     const std::string& bytes) {
  check_user_name(user);
  check_profile_key(key);
  if (bytes.size() > kMaxProfileBytes) {
    throw Error(ErrorCode::Usage, "store.profile", "a profile may have 1 MiB at most");
  }
  write([&] {
    const Person person = require(user);
    const std::string mark = keyed_mark(person.key, "profile/" + key);
    database_->run(
        "INSERT INTO profiles (user_id, mark, sealed) VALUES ($1, $2, $3) "
        "ON CONFLICT (user_id, mark) DO UPDATE SET sealed = excluded.sealed",
        {person.id, Blob{mark}, Blob{seal(person.key, bytes, profile_place(person.id, mark))}});
  });
}

std::optional<std::string> SqlPreferenceStore::profile(const std::string& user, const std::string& key) {
  check_user_name(user);
  check_profile_key(key);
  std::optional<std::string> bytes;
  read([&] {
    bytes.reset();
    const auto person = find(user);
    if (!person) return;
    const std::string mark = keyed_mark(person->key, "profile/" + key);
    const auto rows = database_->run("SELECT sealed FROM profiles WHERE user_id = $1 AND mark = $2",
                                     {person->id, Blob{mark}});
    if (rows.empty()) return;
    bytes = open_sealed(person->key, blob(rows.front(), 0), profile_place(person->id, mark));
    if (!bytes) refuse_damage("a profile");
  });
  return bytes;
}

Settings SqlPreferenceStore::settings(const std::string& user) {
  check_user_name(user);
  Settings settings;
  read([&] {
    const auto person = find(user);
    if (!person) return;
    const SqlRow row =
        database_->run("SELECT pooled_learning, retention_days FROM users WHERE id = $1", {person->id}).at(0);
    settings = {integer(row, 0) != 0, static_cast<int>(integer(row, 1))};
  });
  return settings;
}

void SqlPreferenceStore::put_settings(const std::string& user, const Settings& settings) {
  check_user_name(user);
  if (settings.retention_days < 0 || settings.retention_days > 36500) {
    throw Error(ErrorCode::Usage, "store.settings", "retention must be 0 (for ever) to 36500 days");
  }
  write([&] {
    database_->run("UPDATE users SET pooled_learning = $1, retention_days = $2 WHERE id = $3",
                   {std::int64_t{settings.pooled_learning}, std::int64_t{settings.retention_days},
                    find_or_add(user).id});
  });
}

std::int64_t SqlPreferenceStore::apply_retention(std::int64_t now) {
  std::int64_t removed = 0;
  write([&] {
    removed = 0;
    for (const SqlRow& row :
         database_->run("SELECT id, retention_days FROM users WHERE retention_days > 0")) {
      const std::int64_t id = integer(row, 0), first_kept_day = now / kSecondsOfDay - integer(row, 1);
      const auto gone = database_->run("DELETE FROM answers WHERE user_id = $1 AND day < $2 RETURNING id",
                                       {id, first_kept_day});
      if (gone.empty()) continue;
      removed += static_cast<std::int64_t>(gone.size());
      database_->run("DELETE FROM profiles WHERE user_id = $1", {id});
    }
  });
  return removed;
}

Receipt SqlPreferenceStore::erase(const std::string& user) {
  check_user_name(user);
  const std::lock_guard lock(mutex_);
  if (depth_ > 0) {
    throw Error(ErrorCode::Internal, "store.together",
                "an erasure cannot be taken back, so it is no part of together()");
  }
  Receipt receipt{.user = user, .time = seconds_now()};
  // An erasure run again finds nobody: who it is about is settled once.
  std::int64_t id = 0;
  read([&] { id = require(user).id; });
  write([&] {
    const Removed removed = remove_person(id);
    ring_->destroy(id);  // from here on it is done, whatever becomes of the rows
    database_->run("UPDATE meta SET value = $1 WHERE name = 'erased'", {std::to_string(ring_->destroyed())});
    receipt.answers = removed.answers;
    receipt.profiles = removed.profiles;
    receipt.key_destroyed = true;
  });
  receipt.backups = database_->scrub();
  return receipt;
}

std::int64_t SqlPreferenceStore::append_release(const Release& release) {
  check_release(release);
  std::int64_t id = 0;
  write([&] {
    id = integer(database_
                     ->run("INSERT INTO releases (id, time, epsilon, delta, users, purpose) "
                           "SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 FROM releases RETURNING id",
                           {release.time, release.epsilon, release.delta, release.users, release.purpose})
                     .at(0),
                 0);
  });
  return id;
}

std::vector<Release> SqlPreferenceStore::releases() {
  std::vector<Release> found;
  read([&] {
    found.clear();
    for (const SqlRow& row :
         database_->run("SELECT id, time, epsilon, delta, users, purpose FROM releases ORDER BY id")) {
      found.push_back(
          {integer(row, 0), integer(row, 1), real(row, 2), real(row, 3), integer(row, 4), text(row, 5)});
    }
  });
  return found;
}

void SqlPreferenceStore::verify() {
  database_->verify();
  for (const std::string& user : users()) {
    std::int64_t last = 0;
    for (auto page = history(user, last, 500); !page.empty(); page = history(user, last, 500)) {
      last = page.back().answer.id;
    }
  }
}

}  // namespace atelier::storage::detail
