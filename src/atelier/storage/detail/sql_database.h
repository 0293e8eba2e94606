#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace atelier::storage::detail {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};
using SqlValue = std::variant<std::int64_t, double, std::string, Blob>;
using SqlRow = std::vector<SqlValue>;

enum class Access { Read, Write };
/// May a transaction be run again when the server went away or another writer was in the way?
enum class Again { Yes, No };

/// A connection that understands the SQL which SQLite and PostgreSQL share, with parameters $1, $2, ... No
/// column of ours is ever null. One thread at a time. Throws Error as PreferenceStore says.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;

  virtual std::string where() const = 0;

  /// One transaction: durable when it returns, undone when `work` throws. Inside another it is a part of that
  /// one.
  virtual void transact(Access access, Again again, const std::function<void()>& work) = 0;

  /// Only inside transact(); all parameters are data, never text of the statement.
  virtual std::vector<SqlRow> run(const std::string& sql, const SqlRow& parameters = {}) = 0;

  /// After an erasure: gives no freed page of it a chance. The number of backup files removed.
  virtual std::int64_t scrub() = 0;

  /// The database's own consistency check.
  virtual void verify() = 0;
};

/// The column of a row; Error Internal when the statement gives another type.
std::int64_t integer(const SqlRow& row, std::size_t column);
double real(const SqlRow& row, std::size_t column);
const std::string& text(const SqlRow& row, std::size_t column);
const std::string& blob(const SqlRow& row, std::size_t column);

}  // namespace atelier::storage::detail
