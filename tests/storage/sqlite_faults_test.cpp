#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>

#include "atelier/storage/open_store.h"
#include "storage/answers.h"
#include "support/temp_dir.h"

namespace atelier::storage::test {
namespace {

// How many writes and syncs still succeed; below zero none is to fail.
int successes_left = -1;
int failure = SQLITE_IOERR_WRITE;
sqlite3_vfs* real_vfs = nullptr;

// A file's methods with ours among them; the kinds of files have different ones.
struct FaultyMethods {
  sqlite3_io_methods methods;
  const sqlite3_io_methods* real;
};
std::map<const sqlite3_io_methods*, FaultyMethods> faulty_methods;

const sqlite3_io_methods& real(const sqlite3_file* file) {
  return *reinterpret_cast<const FaultyMethods*>(file->pMethods)->real;
}

bool fails_now() {
  return successes_left >= 0 && successes_left-- == 0;
}

int faulty_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  if (!fails_now()) return real(file).xWrite(file, bytes, size, at);
  // Half of it arrives, as when a disk fills up or a cable is pulled.
  if (size > 1) real(file).xWrite(file, bytes, size / 2, at);
  return failure;
}

int faulty_sync(sqlite3_file* file, int flags) {
  return fails_now() ? SQLITE_IOERR_FSYNC : real(file).xSync(file, flags);
}

int faulty_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int result = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
  if (result == SQLITE_OK) {
    FaultyMethods& faulty = faulty_methods[file->pMethods];
    faulty = {*file->pMethods, file->pMethods};
    faulty.methods.xWrite = faulty_write;
    faulty.methods.xSync = faulty_sync;
    file->pMethods = &faulty.methods;
  }
  return result;
}

/// SQLite's own file access, in which the n-th write or sync fails.
class SqliteFaults : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find(nullptr);
    vfs_ = *real_vfs;
    vfs_.zName = "faulty";
    vfs_.xOpen = faulty_open;
    sqlite3_vfs_register(&vfs_, 1);
    successes_left = -1;
    failure = GetParam();
  }
  void TearDown() override {
    successes_left = -1;
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_vfs, 1);
  }

  sqlite3_vfs vfs_{};
};

TEST_P(SqliteFaults, OfTheNthWriteAreErrorsThatLoseNothing) {
  const atelier::test::TempDir folder;
  const std::string path = (folder / "taste.sqlite").string();
  const StoreOptions options{.key_folder = folder / "keys"};
  auto store = open_store(path, options);
  store->record("ana", rating("monet", 1));
  std::size_t acknowledged = 1;
  int failed = 0;
  for (int n = 0; n < 40; ++n) {
    successes_left = n;
    try {
      store->record("ana", rating("monet", 2));
      ++acknowledged;
    } catch (const Error& error) {
      ++failed;
      EXPECT_EQ(error.code(), ErrorCode::Io) << error.what();
    }
    const bool was_reached = successes_left < 0;
    successes_left = -1;
    store->record("ana", rating("monet", 3));  // the same store works on
    ++acknowledged;
    // A commit whose last sync failed was not acknowledged, but may have arrived.
    const std::size_t kept = store->answers("ana").size();
    EXPECT_GE(kept, acknowledged);
    EXPECT_LE(kept, acknowledged + 1);
    acknowledged = kept;
    if (!was_reached) break;
  }
  EXPECT_GE(failed, 2);
  store = open_store(path, options);
  EXPECT_EQ(store->answers("ana").size(), acknowledged);
  EXPECT_NO_THROW(store->verify());
}

INSTANTIATE_TEST_SUITE_P(Kinds, SqliteFaults, testing::Values(SQLITE_IOERR_WRITE, SQLITE_FULL),
                         [](const auto& kind) { return kind.param == SQLITE_FULL ? "full" : "broken"; });

}  // namespace
}  // namespace atelier::storage::test
