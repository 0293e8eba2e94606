#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "atelier/storage/detail/sql_database.h"
#include "atelier/storage/key_ring.h"
#include "atelier/storage/preference_store.h"

namespace atelier::storage::detail {

/// What a PreferenceStore promises, on any SqlDatabase: the statements, and what is encrypted with which key.
class SqlPreferenceStore : public PreferenceStore {
 public:
  /// Binds the database to the ring (Error NotPermitted "store.wrong_key" when it belongs to another one, or
  /// the ring is an older copy) and removes whoever was erased since this copy of the database was made.
  SqlPreferenceStore(std::unique_ptr<SqlDatabase> database, std::unique_ptr<KeyRing> ring);

  std::string where() const override { return database_->where(); }
  std::vector<std::string> users() override;
  std::vector<std::string> users_who_share() override;
  bool exists(const std::string& user) override;
  std::int64_t record(const std::string& user, const Answer& answer) override;
  void undo(const std::string& user, std::int64_t id) override;
  std::optional<Answer> undo_last(const std::string& user) override;
  std::vector<Answer> answers(const std::string& user, const std::optional<std::string>& mood,
                              std::int64_t since) override;
  std::vector<StoredAnswer> history(const std::string& user, std::int64_t after, std::size_t limit) override;
  bool restore(const std::string& user, const StoredAnswer& stored) override;
  void together(const std::function<void()>& work) override;
  void put_profile(const std::string& user, const std::string& key, const std::string& bytes) override;
  std::optional<std::string> profile(const std::string& user, const std::string& key) override;
  Settings settings(const std::string& user) override;
  void put_settings(const std::string& user, const Settings& settings) override;
  std::int64_t apply_retention(std::int64_t now) override;
  Receipt erase(const std::string& user) override;
  std::int64_t append_release(const Release& release) override;
  std::vector<Release> releases() override;
  void verify() override;

 private:
  struct Person {
    std::int64_t id = 0;  ///< also the slot of their key
    SecretKey key;
  };
  struct Removed {
    std::int64_t answers = 0, profiles = 0;
  };

  void read(const std::function<void()>& work);
  void write(const std::function<void()>& work);
  void join_ring();
  void remove_erased();
  Removed remove_person(std::int64_t id);
  std::optional<Person> find(const std::string& user);
  Person find_or_add(const std::string& user);
  Person require(const std::string& user);
  std::pair<std::int64_t, bool> insert(const Person& person, const StoredAnswer& stored);
  StoredAnswer open(const Person& person, const SqlRow& row);
  std::vector<std::string> names(const std::string& condition);
  [[noreturn]] void refuse_damage(const std::string& what) const;

  std::recursive_mutex mutex_;  // together() calls the other methods
  const std::unique_ptr<SqlDatabase> database_;
  const std::unique_ptr<KeyRing> ring_;
  bool new_keys_ = false;  // not yet known to be on disk
  int depth_ = 0;
};

}  // namespace atelier::storage::detail
