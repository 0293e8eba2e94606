#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "atelier/storage/detail/migrations.h"
#include "atelier/storage/detail/sql_database.h"
#include "atelier/storage/open_store.h"

namespace atelier::storage::detail {

/// One SQLite file with its write-ahead log. Every write and every checkpoint, by whatever program, happens
/// while holding the lease (an flock on <file>-lease): SQLite up to 3.51.2 can damage a log that two
/// connections reset at once. Without mmap, so that a failing disk is an error and not a signal.
class SqliteDatabase : public SqlDatabase {
 public:
  static constexpr const char* kMemory = ":memory:";

  /// Opens or makes the file and brings its schema up to date, a copy of the old file first.
  SqliteDatabase(const std::filesystem::path& path, const StoreOptions& options,
                 std::span<const Migration> steps = migrations());
  ~SqliteDatabase() override;

  std::string where() const override { return path_.string(); }
  void transact(Access access, Again again, const std::function<void()>& work) override;
  std::vector<SqlRow> run(const std::string& sql, const SqlRow& parameters) override;
  std::int64_t scrub() override;
  void verify() override;

  /// The copies that migrations of `path` left beside it.
  static std::vector<std::filesystem::path> backups(const std::filesystem::path& path);

 private:
  class Lease;
  class Connection;

  bool in_memory() const { return path_ == kMemory; }
  std::string name() const;
  Connection& connection();
  void refuse_network_file_system() const;
  void make_file() const;
  void migrate(std::span<const Migration> steps);
  void back_up(int version);
  void guarded(const std::function<void()>& work);

  const std::filesystem::path path_;
  const StoreOptions options_;
  std::unique_ptr<Connection> connection_;
  bool in_transaction_ = false;
  bool wrote_ = false;
};

}  // namespace atelier::storage::detail
