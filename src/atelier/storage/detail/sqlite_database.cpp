#include "atelier/storage/detail/sqlite_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "atelier/core/error.h"

namespace atelier::storage::detail {
namespace {

namespace fs = std::filesystem;

// In the file's header, so that `file` and we know whose it is.
constexpr int kApplicationId = 0x4174656C;
// Overwriting freed pages is enough for what was erased; making the file smaller is worth a copy of a small
// one only.
constexpr std::uintmax_t kVacuumBelowBytes = std::uintmax_t{256} << 20;

// linux/magic.h does not name them all.
constexpr std::array<long, 14> kNetworkFileSystems = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFE534D42,  // SMB2
    0xFF534D42,  // CIFS
    0x65735546,  // FUSE: sshfs and its like
    0x01021997,  // 9P
    0x5346414F,  // AFS
    0x6B414653,  // kAFS
    0x00C36400,  // Ceph
    0x73757245,  // Coda
    0x0BD00BD0,  // Lustre
    0x47504653,  // GPFS
    0x01161970,  // GFS2
    0x7461636F,  // OCFS2
};

long system_file_system_type(const fs::path& folder) {
  struct statfs info {};
  return ::statfs(folder.c_str(), &info) == 0 ? static_cast<long>(info.f_type) : 0;
}

struct Explanation {
  ErrorCode code;
  const char* id;
  std::string text;
};

Explanation explain(int code, const std::string& message) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::TryAgain, "store.locked", "another program is writing to it; try again"};
    case SQLITE_FULL:
      return {ErrorCode::Io, "store.full",
              "the disk is full, nothing was kept; free some space and try again"};
    case SQLITE_CORRUPT:
      return {ErrorCode::BadData, "store.corrupt",
              "the database is damaged; restore a backup, or save what is left with 'sqlite3 FILE .recover'"};
    case SQLITE_NOTADB:
      return {ErrorCode::BadData, "store.not_a_database", "is not a database of answers; give another file"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::NotPermitted, "store.read_only",
              "may not be written; change its permissions or copy it"};
    case SQLITE_CANTOPEN:
      return {ErrorCode::NotPermitted, "store.open",
              "cannot be opened; check its permissions and its folder's"};
    case SQLITE_IOERR:
      return {ErrorCode::Io, "store.io", "reading or writing failed, nothing was kept: " + message};
    default:
      return {ErrorCode::Internal, "store.sql", message + "; please report this"};
  }
}

// One line for a person: what SQLite says can hold text of a statement, never a value.
std::string one_line(const std::string& text) {
  return printable(text);
}

bool breaks_connection(int code) {
  const int kind = code & 0xFF;
  return kind == SQLITE_IOERR || kind == SQLITE_FULL || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

}  // namespace

/// The right to write, held by one connection of one program; the kernel takes it back from one that is
/// killed.
class SqliteDatabase::Lease {
 public:
  Lease(const fs::path& database, std::chrono::milliseconds patience, bool needed) {
    if (!needed) return;
    const fs::path path = database.string() + "-lease";
    const std::string name = printable(database.string());
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd_ < 0) {
      const bool read_only = errno == EACCES || errno == EROFS || errno == EPERM;
      throw Error(read_only ? ErrorCode::NotPermitted : ErrorCode::Io,
                  read_only ? "store.read_only" : "store.io",
                  name + ": cannot lock it for writing: " + std::strerror(errno) +
                      "; check the permissions of the file and its folder");
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::minstd_rand random(std::random_device{}());
    while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) {
        const std::string cause = std::strerror(errno);
        ::close(fd_);
        throw Error(ErrorCode::Io, "store.io", name + ": cannot lock it for writing: " + cause);
      }
      if (std::chrono::steady_clock::now() >= deadline) {
        ::close(fd_);
        throw Error(ErrorCode::TryAgain, "store.locked",
                    name + ": another program is writing to it; try again");
      }
      std::this_thread::sleep_for(std::chrono::microseconds(500 + random() % 2000));
    }
  }
  ~Lease() {
    if (fd_ >= 0) ::close(fd_);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

 private:
  int fd_ = -1;
};

class SqliteDatabase::Connection {
 public:
  Connection(const std::string& file, int busy_ms) : database_(file, SQLite::OPEN_READWRITE, busy_ms) {
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                      nullptr);  // only with the lease
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_extended_result_codes(database_.getHandle(), 1);
    database_.exec(
        "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON");
  }

  SQLite::Database& database() { return database_; }

  void exec(const std::string& sql) { database_.exec(sql); }
  std::string value(const std::string& sql) { return database_.execAndGet(sql).getString(); }
  int number(const std::string& sql) { return database_.execAndGet(sql).getInt(); }

  std::vector<SqlRow> run(const std::string& sql, const SqlRow& parameters) {
    SQLite::Statement& statement = prepared(sql);
    struct Finally {
      SQLite::Statement& statement;
      ~Finally() {
        statement.tryReset();
        statement.clearBindings();
      }
    };
    const Finally finally{statement};
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const int index = statement.getIndex(("$" + std::to_string(i + 1)).c_str());
      std::visit([&](const auto& value) { bind(statement, index, value); }, parameters[i]);
    }
    std::vector<SqlRow> rows;
    while (statement.executeStep()) {
      SqlRow& row = rows.emplace_back();
      for (int i = 0; i < statement.getColumnCount(); ++i) row.push_back(read(statement.getColumn(i)));
    }
    return rows;
  }

 private:
  SQLite::Statement& prepared(const std::string& sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    return statements_
        .emplace(std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(database_, sql))
        .first->second;
  }

  static void bind(SQLite::Statement& statement, int index, std::int64_t value) {
    statement.bind(index, value);
  }
  static void bind(SQLite::Statement& statement, int index, double value) { statement.bind(index, value); }
  static void bind(SQLite::Statement& statement, int index, const std::string& value) {
    statement.bind(index, value);
  }
  static void bind(SQLite::Statement& statement, int index, const Blob& value) {
    statement.bind(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
  }

  static SqlValue read(const SQLite::Column& column) {
    if (column.isInteger()) return column.getInt64();
    if (column.isFloat()) return column.getDouble();
    const auto size = static_cast<std::size_t>(column.getBytes());
    if (column.isBlob()) return Blob{std::string(static_cast<const char*>(column.getBlob()), size)};
    return std::string(column.getText(), size);
  }

  SQLite::Database database_;
  std::unordered_map<std::string, SQLite::Statement> statements_;  // go before their database
};

SqliteDatabase::SqliteDatabase(const fs::path& path, const StoreOptions& options,
                               std::span<const Migration> steps)
    : path_(path), options_(options) {
  if (!in_memory()) {
    make_file();
    refuse_network_file_system();
  }
  guarded([&] { migrate(steps); });
}

SqliteDatabase::~SqliteDatabase() {
  // Leaves one whole file behind when nobody else is writing; otherwise the log stays, which is as safe.
  if (connection_ == nullptr || !wrote_ || in_memory()) return;
  try {
    const Lease lease(path_, std::chrono::milliseconds(0), true);
    connection_->exec("PRAGMA busy_timeout = 0");
    connection_->run("PRAGMA wal_checkpoint(TRUNCATE)", {});
  } catch (const std::exception&) {
  }
}

std::string SqliteDatabase::name() const {
  return printable(path_.string());
}

void SqliteDatabase::make_file() const {
  std::error_code error;
  const fs::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) {
    throw Error(ErrorCode::CannotCreate, "store.create",
                name() + ": cannot make its folder: " + error.message() + "; give a place that is writable");
  }
  if (fs::is_directory(path_, error)) {
    throw Error(ErrorCode::CannotCreate, "store.create", name() + ": is a folder; give the name of a file");
  }
  // SQLite would make it readable for everybody; its log takes the mode of the file.
  const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    ::close(fd);
  } else if (errno != EEXIST) {
    throw Error(
        ErrorCode::CannotCreate, "store.create",
        name() + ": cannot make the file: " + std::strerror(errno) + "; give a place that is writable");
  }
}

void SqliteDatabase::refuse_network_file_system() const {
  if (options_.allow_network_file_system) return;
  const fs::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const long type =
      options_.file_system_type ? options_.file_system_type(folder) : system_file_system_type(folder);
  const bool network = std::find(kNetworkFileSystems.begin(), kNetworkFileSystems.end(),
                                 type & 0xFFFFFFFFL) != kNetworkFileSystems.end();
  if (network) {
    throw Error(
        ErrorCode::NotPermitted, "store.network_fs",
        name() +
            ": lies on a network file system, where SQLite's locks and log are not safe; give a local "
            "path or a postgresql:// URL");
  }
}

SqliteDatabase::Connection& SqliteDatabase::connection() {
  if (connection_ == nullptr) {
    connection_ =
        std::make_unique<Connection>(path_.string(), static_cast<int>(options_.busy_timeout.count()));
  }
  return *connection_;
}

void SqliteDatabase::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const SQLite::Exception& error) {
    const Explanation why = explain(error.getErrorCode(), one_line(error.what()));
    // After a failed write or sync nobody knows what the cache and the disk agree on: start from the file
    // again.
    if (breaks_connection(error.getErrorCode()) && !in_memory()) connection_.reset();
    throw Error(why.code, why.id, name() + ": " + why.text);
  }
}

void SqliteDatabase::migrate(std::span<const Migration> steps) {
  const int newest = steps.empty() ? 0 : steps.back().version;
  const auto current = [&] { return connection().number("PRAGMA user_version"); };
  const auto refuse_foreign = [&](int version) {
    const bool empty = connection().number("SELECT count(*) FROM sqlite_master") == 0;
    const bool ours = connection().number("PRAGMA application_id") == kApplicationId;
    if (!ours && !(empty && version == 0)) {
      throw Error(ErrorCode::BadData, "store.not_a_database",
                  name() + ": is a database of another program; give another file");
    }
    if (version > newest) {
      throw Error(ErrorCode::BadData, "store.newer_schema",
                  name() + ": was written by a newer atelier (schema " + std::to_string(version) +
                      ", this one knows " + std::to_string(newest) + "); use that one");
    }
  };
  const std::string journal = in_memory() ? "memory" : options_.allow_network_file_system ? "delete" : "wal";
  int version = current();
  refuse_foreign(version);
  if (version == newest && (in_memory() || connection().value("PRAGMA journal_mode") == journal)) return;

  const Lease lease(path_, options_.busy_timeout, !in_memory());
  version = current();  // another program may have been quicker
  refuse_foreign(version);
  if (version > 0 && version < newest) back_up(version);
  if (version == 0) connection().exec("PRAGMA page_size = 8192");
  if (connection().value("PRAGMA journal_mode = " + journal) != journal) {
    throw Error(ErrorCode::Io, "store.io", name() + ": SQLite cannot keep its log here; give another place");
  }
  SQLite::Transaction transaction(connection().database(), SQLite::TransactionBehavior::IMMEDIATE);
  for (const Migration& step : steps) {
    if (step.version > version) connection().exec(in_dialect(step.sql, Dialect::Sqlite));
  }
  connection().exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  connection().exec("PRAGMA user_version = " + std::to_string(newest));
  transaction.commit();
  wrote_ = true;
}

void SqliteDatabase::back_up(int version) {
  const fs::path copy = path_.string() + ".v" + std::to_string(version) + "-backup";
  std::error_code ignored;
  fs::remove(copy, ignored);
  const int fd = ::open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    throw Error(ErrorCode::CannotCreate, "store.create",
                name() + ": cannot make a backup before changing the schema: " + std::strerror(errno));
  }
  struct Finally {
    int fd;
    ~Finally() { ::close(fd); }
  };
  const Finally finally{fd};
  connection().run("VACUUM INTO $1", {copy.string()});
  if (::fsync(fd) != 0) {
    throw Error(ErrorCode::Io, "store.io",
                name() + ": the disk did not keep the backup: " + std::strerror(errno));
  }
}

std::vector<fs::path> SqliteDatabase::backups(const fs::path& path) {
  const std::string start = path.filename().string() + ".v", end = "-backup";
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", ignored)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with(start) && file.ends_with(end)) found.push_back(entry.path());
  }
  return found;
}

void SqliteDatabase::transact(Access access, Again, const std::function<void()>& work) {
  if (in_transaction_) return work();
  const bool writes = access == Access::Write;
  const Lease lease(path_, options_.busy_timeout, writes && !in_memory());
  struct Finally {
    bool& flag;
    ~Finally() { flag = false; }
  };
  guarded([&] {
    SQLite::Transaction transaction(connection().database(), writes ? SQLite::TransactionBehavior::IMMEDIATE
                                                                    : SQLite::TransactionBehavior::DEFERRED);
    const Finally finally{in_transaction_};
    in_transaction_ = true;
    wrote_ = wrote_ || writes;
    work();
    transaction.commit();
  });
}

std::vector<SqlRow> SqliteDatabase::run(const std::string& sql, const SqlRow& parameters) {
  return connection().run(sql, parameters);
}

std::int64_t SqliteDatabase::scrub() {
  if (in_memory()) return 0;
  std::int64_t removed = 0;
  const Lease lease(path_, options_.busy_timeout, true);
  for (const fs::path& backup : backups(path_)) {
    std::error_code error;
    removed += fs::remove(backup, error) ? 1 : 0;
  }
  // Best effort: what may stay in the log while others read is already unreadable without its key.
  try {
    connection().run("PRAGMA wal_checkpoint(TRUNCATE)", {});
    std::error_code error;
    if (fs::file_size(path_, error) < kVacuumBelowBytes && !error) connection().exec("VACUUM");
    connection().run("PRAGMA wal_checkpoint(TRUNCATE)", {});
  } catch (const SQLite::Exception&) {
  }
  return removed;
}

void SqliteDatabase::verify() {
  guarded([&] {
    const std::string result = connection().value("PRAGMA integrity_check(1)");
    if (result != "ok") {
      throw Error(ErrorCode::BadData, "store.corrupt",
                  name() + ": the database is damaged (" + one_line(result) + "); restore a backup");
    }
  });
}

}  // namespace atelier::storage::detail
