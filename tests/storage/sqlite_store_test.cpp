#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "atelier/storage/detail/sql_preference_store.h"
#include "atelier/storage/detail/sqlite_database.h"
#include "atelier/storage/open_store.h"
#include "storage/answers.h"
#include "storage/child_process.h"
#include "support/temp_dir.h"

namespace atelier::storage::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class SqliteStore : public testing::Test {
 protected:
  std::unique_ptr<PreferenceStore> open() { return open_store(path_.string(), options_); }
  std::string open_error() {
    return error_of([&] { open(); });
  }
  void sql(const std::string& statement) {
    SQLite::Database(path_.string(), SQLite::OPEN_READWRITE).exec(statement);
  }
  int number(const std::string& query) {
    return SQLite::Database(path_.string(), SQLite::OPEN_READWRITE).execAndGet(query).getInt();
  }

  atelier::test::TempDir folder_;
  const fs::path path_ = folder_ / "data/taste.sqlite";
  StoreOptions options_{.key_folder = folder_ / "keys", .busy_timeout = std::chrono::seconds(60)};
};

std::set<std::int64_t> ids_in(const std::string& lines) {
  std::set<std::int64_t> ids;
  std::istringstream stream(lines.substr(0, lines.rfind('\n') + 1));
  for (std::string line; std::getline(stream, line);) ids.insert(std::stoll(line));
  return ids;
}

TEST_F(SqliteStore, IsPrivateAndDurable) {
  open()->record("ana", rating("monet", 3));
  const auto mode = [](const fs::path& path) {
    struct stat info {};
    ::stat(path.c_str(), &info);
    return info.st_mode & 0777;
  };
  EXPECT_EQ(mode(path_.parent_path()), 0700u);
  for (const auto& entry : fs::directory_iterator(path_.parent_path()))
    EXPECT_EQ(mode(entry.path()), 0600u) << entry;
  SQLite::Database raw(path_.string(), SQLite::OPEN_READWRITE);
  EXPECT_EQ(raw.execAndGet("PRAGMA journal_mode").getString(), "wal");
  SQLite::Statement tables(raw,
                           "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 "
                           "AND name NOT LIKE 'sqlite_%'");
  tables.executeStep();
  EXPECT_EQ(tables.getColumn(0).getInt(), 0) << "every table is STRICT";
}

TEST_F(SqliteStore, HasChecksOfItsOwn) {
  const auto store = open();
  store->record("ana", rating("monet", 3));
  for (const char* statement :
       {"UPDATE answers SET day = -1", "UPDATE answers SET undone = 2", "UPDATE answers SET sealed = NULL",
        "UPDATE answers SET sealed = x'00'", "UPDATE answers SET day = 'soon'",
        "UPDATE users SET retention_days = 1.5", "UPDATE users SET pooled_learning = 5",
        "PRAGMA foreign_keys = ON; DELETE FROM users", "INSERT INTO releases VALUES (1, 1, 9e999, 0, 1, 'x')",
        "INSERT INTO releases VALUES (1, 1, 0.0/0, 0, 1, 'x')",
        "INSERT INTO answers SELECT user_id, 9, day, undone, mark, sealed FROM answers"}) {
    EXPECT_THROW(sql(statement), SQLite::Exception) << statement;
  }
}

TEST_F(SqliteStore, TakesFourProgramsWritingAtOnce) {
  open();
  std::vector<std::unique_ptr<ChildProcess>> writers;
  for (int w = 0; w < 4; ++w) {
    writers.push_back(std::make_unique<ChildProcess>([&](int pipe) {
      const auto store = open();
      for (int i = 0; i < 15; ++i) write_line(pipe, std::to_string(store->record("ana", rating("monet", 3))));
    }));
  }
  std::set<std::int64_t> ids;
  for (auto& writer : writers) {
    const std::string lines = writer->read_all();
    ASSERT_THAT(lines, testing::Not(HasSubstr("threw")));
    ids.merge(ids_in(lines));
  }
  EXPECT_EQ(ids.size(), 60u) << "no id was given twice";
  const auto store = open();
  EXPECT_EQ(store->answers("ana").size(), 60u);
  EXPECT_NO_THROW(store->verify());
}

TEST_F(SqliteStore, LosesNothingThatItAcknowledgedWhenKilled) {
  open();
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 5; ++round) {
    ChildProcess writer([&](int pipe) {
      const auto store = open();
      for (;;) write_line(pipe, std::to_string(store->record("ana", rating("monet", 3))));
    });
    writer.wait_for_output();
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + 11 * round));
    writer.kill();
    acknowledged.merge(ids_in(writer.read_all()));
    const auto store = open();
    std::set<std::int64_t> kept;
    for (const Answer& answer : store->answers("ana")) kept.insert(answer.id);
    EXPECT_TRUE(std::includes(kept.begin(), kept.end(), acknowledged.begin(), acknowledged.end()));
    EXPECT_NO_THROW(store->verify());
  }
  EXPECT_GE(acknowledged.size(), 5u);
}

TEST_F(SqliteStore, KeepsWhatItHasWhenTheDiskIsFull) {
  fs::create_directories(path_.parent_path());
  ChildProcess writer([&](int pipe) {
    const bool own_disk = ::unshare(CLONE_NEWNS) == 0 &&
                          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                          ::mount("none", path_.parent_path().c_str(), "tmpfs", 0, "size=300k") == 0;
    if (!own_disk) return write_line(pipe, "no disk");
    auto store = open();
    std::size_t acknowledged = 0;
    const auto fill = [&] {
      for (int i = 0; i < 1000; ++i, ++acknowledged) store->record("ana", rating("monet", 3));
    };
    try {
      fill();
    } catch (const Error& error) {
      write_line(pipe, error.id() + " " + std::to_string(exit_status(error.code())));
    }
    write_line(pipe, acknowledged > 3 ? "some" : "none");
    store = open();
    write_line(pipe, store->answers("ana").size() == acknowledged ? "all there" : "some lost");
    store->verify();
  });
  const std::string lines = writer.read_all();
  if (lines == "no disk\n") GTEST_SKIP() << "needs root, to make a small disk";
  EXPECT_EQ(lines, "store.full 74\nsome\nall there\n");
}

TEST_F(SqliteStore, SaysWhenAnotherProgramHoldsTheLease) {
  options_.busy_timeout = std::chrono::milliseconds(30);
  const auto store = open();
  store->record("ana", rating("monet", 3));
  const int lease = ::open((path_.string() + "-lease").c_str(), O_RDWR);
  ASSERT_EQ(::flock(lease, LOCK_EX), 0);
  try {
    store->record("ana", rating("monet", 3));
    ADD_FAILURE() << "wrote without the lease";
  } catch (const Error& error) {
    EXPECT_EQ(error.id(), "store.locked");
    EXPECT_EQ(exit_status(error.code()), 75);
  }
  EXPECT_EQ(store->answers("ana").size(), 1u) << "readers do not need it";
  EXPECT_NO_THROW(open()->answers("ana"));
  ::close(lease);
  EXPECT_NO_THROW(store->record("ana", rating("monet", 3)));
}

TEST_F(SqliteStore, RefusesWhatIsNoDatabaseOfOurs) {
  fs::create_directories(path_.parent_path());
  std::ofstream(path_)
      << "Dear diary, this is a text that is long enough to be taken for a header of a database file."
      << std::string(4096, 'x');
  EXPECT_EQ(open_error(), "store.not_a_database");
  fs::remove(path_);
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE cookies (a)");
  EXPECT_EQ(open_error(), "store.not_a_database");
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master"), 1) << "a foreign database is left alone";
  fs::remove(path_);
  std::ofstream(path_) << "";
  EXPECT_EQ(open_error(), "") << "an empty file is an empty database";
  EXPECT_EQ(error_of([&] { open_store(folder_.path().string(), options_); }), "store.create");
  EXPECT_EQ(error_of([&] { open_store("mysql://root:secret@host/x", options_); }), "store.url");
}

TEST_F(SqliteStore, RefusesANewerSchema) {
  open()->record("ana", rating("monet", 3));
  sql("PRAGMA user_version = 99");
  EXPECT_EQ(open_error(), "store.newer_schema");
  sql("PRAGMA user_version = 2");
  EXPECT_EQ(open()->answers("ana").size(), 1u);
}

TEST_F(SqliteStore, SaysWhenPagesAreDamaged) {
  {
    const auto store = open();
    for (int i = 0; i < 60; ++i) store->record("ana", rating("monet", 3));
  }
  const auto size = fs::file_size(path_);
  ASSERT_GT(size, 8u * 8192u);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  for (std::uintmax_t page = 3; page * 8192 < size; ++page) {
    file.seekp(static_cast<std::streamoff>(page * 8192));
    file << std::string(64, '\xA5');
  }
  file.close();
  EXPECT_EQ(error_of([&] {
              const auto store = open();
              store->answers("ana");
              store->verify();
            }),
            "store.corrupt");
}

TEST_F(SqliteStore, SaysWhenARowWasChangedOrMoved) {
  const auto store = open();
  store->record("ana", rating("monet", 3));
  store->record("ana", rating("klimt", 3));
  store->record("ben", rating("munch", 3));
  sql("UPDATE answers SET sealed = (SELECT sealed FROM answers WHERE user_id = 1 AND id = 2) WHERE user_id = "
      "2");
  EXPECT_EQ(error_of([&] { store->answers("ben"); }), "store.corrupt");
  EXPECT_EQ(error_of([&] { store->verify(); }), "store.corrupt");
  EXPECT_EQ(store->answers("ana").size(), 2u);
  sql("UPDATE users SET sealed_name = (SELECT sealed_name FROM users WHERE id = 1) WHERE id = 2");
  EXPECT_EQ(error_of([&] { store->users(); }), "store.corrupt");
}

TEST_F(SqliteStore, SaysWhenItMayNotWrite) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  open()->record("ana", rating("monet", 3));
  const fs::path with_journal = folder_ / "data/other.sqlite";
  options_.allow_network_file_system = true;
  open_store(with_journal.string(), options_)->record("ana", rating("monet", 3));
  options_.allow_network_file_system = false;
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(path_.parent_path(), fs::perms(0755));
  fs::permissions(path_, fs::perms(0644));
  fs::permissions(with_journal, fs::perms(0644));
  ChildProcess stranger([&](int pipe) {
    if (::setuid(65534) != 0) return write_line(pipe, "no setuid");
    const auto write_error = [&](const fs::path& path, bool no_log) {
      options_.allow_network_file_system = no_log;
      return error_of([&] {
        detail::SqliteDatabase database(path, options_);
        database.transact(detail::Access::Write, detail::Again::Yes,
                          [&] { database.run("DELETE FROM answers", {}); });
      });
    };
    write_line(pipe, write_error(path_, false));  // the log is not theirs to read either
    write_line(pipe, write_error(with_journal, true));
    write_line(pipe, write_error("/proc/nowhere/x", false));
  });
  EXPECT_EQ(stranger.read_all(), "store.open\nstore.read_only\nstore.create\n");
  EXPECT_EQ(open()->answers("ana").size(), 1u);
}

TEST_F(SqliteStore, RefusesNetworkFileSystems) {
  for (const long type :
       {0x6969L, 0xFF534D42L, 0x65735546L, 0x01021997L, static_cast<long>(int(0xFE534D42))}) {
    options_.file_system_type = [type](const fs::path&) { return type; };
    EXPECT_EQ(open_error(), "store.network_fs") << std::hex << type;
  }
  options_.allow_network_file_system = true;
  open()->record("ana", rating("monet", 3));
  EXPECT_EQ(open()->answers("ana").size(), 1u);
  EXPECT_EQ(number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'delete'"), 1);
  options_ = {.key_folder = options_.key_folder};
  options_.file_system_type = [](const fs::path&) { return 0xEF53L; };
  EXPECT_EQ(open()->answers("ana").size(), 1u);
}

TEST_F(SqliteStore, BelongsToOneKeyRing) {
  open()->record("ana", rating("monet", 3));
  const fs::path right = options_.key_folder;
  options_.key_folder = folder_ / "other";
  EXPECT_EQ(open_error(), "store.wrong_key");
  // A copy of the ring from before the last newcomer would give their key away to the next one.
  fs::copy(right, folder_ / "old", fs::copy_options::recursive);
  options_.key_folder = right;
  open()->record("ben", rating("monet", 3));
  options_.key_folder = folder_ / "old";
  EXPECT_EQ(open_error(), "store.wrong_key");
  options_.key_folder = right;
  EXPECT_THAT(open()->users(), ElementsAre("ana", "ben"));
}

class Migrations : public SqliteStore {
 protected:
  std::unique_ptr<detail::SqliteDatabase> database(std::span<const detail::Migration> steps) {
    return std::make_unique<detail::SqliteDatabase>(path_, options_, steps);
  }
};

TEST_F(Migrations, BringAnOldDatabaseUpToDateAfterACopy) {
  {
    detail::SqlPreferenceStore old(database(detail::migrations().first(1)),
                                   KeyRing::open(options_.key_folder));
    old.record("ana", rating("monet", 3));
  }
  const auto store = open();
  EXPECT_THAT(styles_of(store->answers("ana")), ElementsAre("monet"));
  EXPECT_EQ(store->append_release({0, 1, 1, 0, 200, "prior"}), 1);
  const std::vector<fs::path> backups = detail::SqliteDatabase::backups(path_);
  ASSERT_EQ(backups.size(), 1u);
  SQLite::Database backup(backups[0].string());
  EXPECT_EQ(backup.execAndGet("PRAGMA user_version").getInt(), 1);
  EXPECT_EQ(backup.execAndGet("SELECT count(*) FROM answers").getInt(), 1);
}

TEST_F(Migrations, LeaveTheDatabaseAloneWhenAStepFails) {
  open()->record("ana", rating("monet", 3));
  std::vector<detail::Migration> steps(detail::migrations().begin(), detail::migrations().end());
  steps.push_back({3, "CREATE TABLE extra (a {int}) STRICT; DROP TABLE answers; CREATE TABLE broken (;"});
  EXPECT_EQ(error_of([&] { database(steps); }), "store.sql");
  EXPECT_EQ(number("PRAGMA user_version"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_master WHERE name = 'extra'"), 0);
  EXPECT_EQ(open()->answers("ana").size(), 1u);
}

}  // namespace
}  // namespace atelier::storage::test
