#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "atelier/core/atomic_file.h"
#include "atelier/storage/detail/sql_preference_store.h"
#include "atelier/storage/detail/sqlite_database.h"
#include "atelier/storage/open_store.h"
#include "storage/answers.h"
#include "support/temp_dir.h"

namespace atelier::storage::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

const std::string kName = "Zyxanthe Quill";
constexpr float kCodeValue = 0.73105859F;

Answer secret_answer() {
  Answer answer = rating("quokka-nocturne", 4, 1'700'000'000);
  answer.subjects[0].code = {"space-zeta-9", std::vector<float>(16, kCodeValue)};
  answer.subjects[0].attributes = {{"flamboyance", 0.625}};
  answer.mood = "wistful-ochre";
  answer.context = "grandmother-garden.jpg";
  answer.token = "token-quaternion";
  return answer;
}

/// Everything that says who it was or what they said, as text and as the bytes of a number in either order.
std::vector<std::string> secrets() {
  std::string code(sizeof kCodeValue, '\0');
  std::memcpy(code.data(), &kCodeValue, sizeof kCodeValue);
  return {kName,
          "quokka-nocturne",
          "space-zeta-9",
          "flamboyance",
          "wistful-ochre",
          "grandmother-garden.jpg",
          "token-quaternion",
          "profile-of-zyxanthe",
          code,
          std::string(code.rbegin(), code.rend())};
}

class Erasure : public testing::Test {
 protected:
  std::unique_ptr<PreferenceStore> open() { return open_store(path_.string(), options_); }

  /// The bytes of every file: database, log, its index, journals, backups, keys.
  std::string raw_bytes() const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) all += read_file(entry.path(), std::size_t{1} << 30);
    }
    return all;
  }
  std::vector<std::string> found(const std::vector<std::string>& needles) const {
    const std::string all = raw_bytes();
    std::vector<std::string> hits;
    for (const std::string& needle : needles) {
      if (all.find(needle) != std::string::npos) hits.push_back(needle);
    }
    return hits;
  }

  /// Zyxanthe and Ben in a database that a migration has left a backup of, with a log that was not put away.
  std::unique_ptr<PreferenceStore> used_store() {
    {
      detail::SqlPreferenceStore old(
          std::make_unique<detail::SqliteDatabase>(path_, options_, detail::migrations().first(1)),
          KeyRing::open(options_.key_folder));
      old.record(kName, secret_answer());
      old.record("ben", rating("munch", 2));
    }
    auto store = open();
    store->record(kName, rating("quokka-nocturne", 2));
    store->put_profile(kName, "model", "profile-of-zyxanthe " + std::string(9000, 'z'));
    return store;
  }

  atelier::test::TempDir folder_;
  const fs::path path_ = folder_ / "data/taste.sqlite";
  const StoreOptions options_{.key_folder = folder_ / "keys"};
};

TEST_F(Erasure, NothingASaidIsReadableOnTheDiskEvenBefore) {
  const auto store = used_store();
  store->append_release({0, 1, 1, 0, 200, "findable-purpose"});
  EXPECT_THAT(found({"findable-purpose"}), ElementsAre("findable-purpose")) << "the search sees the log";
  EXPECT_THAT(found(secrets()), IsEmpty());
  store->undo_last(kName);
  EXPECT_THAT(found(secrets()), IsEmpty());
}

TEST_F(Erasure, LeavesNoByteOfThePersonBehind) {
  auto store = used_store();
  const std::string mark = KeyRing::open(options_.key_folder)->name_mark(kName);
  const std::string slot = read_file(options_.key_folder / "user.keys", 1 << 20).substr(128, 72);
  ASSERT_THAT(found({mark}), ElementsAre(mark));
  ASSERT_THAT(found({slot}), ElementsAre(slot));
  ASSERT_EQ(detail::SqliteDatabase::backups(path_).size(), 1u);

  const Receipt receipt = store->erase(kName);
  EXPECT_EQ(receipt.answers, 2);
  EXPECT_EQ(receipt.profiles, 1);
  EXPECT_EQ(receipt.backups, 1);
  EXPECT_THAT(detail::SqliteDatabase::backups(path_), IsEmpty());
  EXPECT_THAT(found(secrets()), IsEmpty());
  EXPECT_THAT(found({mark, slot}), IsEmpty()) << "not even that there was such a person";
  store.reset();
  EXPECT_THAT(found({mark, slot}), IsEmpty());
  EXPECT_THAT(open()->users(), ElementsAre("ben"));
}

TEST_F(Erasure, HoldsWhenAnOlderBackupIsRestored) {
  const std::string mark = KeyRing::open(options_.key_folder)->name_mark(kName);
  used_store();
  const fs::path backup = folder_ / "backup.sqlite";
  fs::copy_file(path_, backup);
  open()->erase(kName);
  for (const char* rest : {"-wal", "-shm"}) fs::remove(path_.string() + rest);
  fs::rename(backup, path_);
  ASSERT_THAT(found({mark}), ElementsAre(mark)) << "the backup holds the person's rows";

  auto store = open();
  EXPECT_THAT(store->users(), ElementsAre("ben"));
  EXPECT_FALSE(store->exists(kName));
  EXPECT_THAT(store->history(kName), IsEmpty());
  EXPECT_THAT(found({mark}), IsEmpty()) << "opening it removed them again";
  EXPECT_EQ(store->answers("ben").size(), 1u);
  EXPECT_NO_THROW(store->verify());
  EXPECT_EQ(store->record(kName, secret_answer()), 1) << "coming back is a new beginning";
  store = open();
  EXPECT_EQ(store->answers(kName).size(), 1u);
}

TEST_F(Erasure, IsFinishedByTheNextProgramWhenCutShort) {
  auto store = used_store();
  // The key goes first: this is what a kill right after it leaves.
  KeyRing::open(options_.key_folder)->destroy(1);
  EXPECT_FALSE(store->exists(kName)) << "also for a program that was running";
  EXPECT_THAT(store->users(), ElementsAre("ben"));
  EXPECT_EQ(store->record(kName, rating("monet", 3)), 1);
  store.reset();
  store = open();
  EXPECT_EQ(store->answers(kName).size(), 1u);
  EXPECT_NO_THROW(store->verify());
}

}  // namespace
}  // namespace atelier::storage::test
