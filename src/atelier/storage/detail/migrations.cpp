#include "atelier/storage/detail/migrations.h"

#include <array>
#include <utility>

namespace atelier::storage::detail {
namespace {

// A person is a slot of the key ring: never used twice, so neither is the id. Answers lie together by person,
// because they are always read so. `mark` is a keyed hash of the token or uid, `sealed` what was said,
// encrypted.
constexpr std::string_view kPeopleAndAnswers = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) {end};
CREATE TABLE users (
  id {int} PRIMARY KEY CHECK (id > 0),
  name_mark {blob} NOT NULL UNIQUE CHECK (length(name_mark) = 32),
  sealed_name {blob} NOT NULL CHECK (length(sealed_name) > 40),
  last_answer {int} NOT NULL DEFAULT 0 CHECK (last_answer >= 0),
  pooled_learning {int} NOT NULL DEFAULT 0 CHECK (pooled_learning IN (0, 1)),
  retention_days {int} NOT NULL DEFAULT 0 CHECK (retention_days BETWEEN 0 AND 36500)
) {end};
CREATE INDEX users_with_retention ON users (retention_days) WHERE retention_days > 0;
CREATE TABLE answers (
  user_id {int} NOT NULL REFERENCES users (id),
  id {int} NOT NULL CHECK (id > 0),
  day {int} NOT NULL CHECK (day >= 0),
  undone {int} NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  mark {blob} NOT NULL CHECK (length(mark) = 32),
  sealed {blob} NOT NULL CHECK (length(sealed) > 40),
  PRIMARY KEY (user_id, id),
  UNIQUE (user_id, mark)
) {end};
CREATE TABLE profiles (
  user_id {int} NOT NULL REFERENCES users (id),
  mark {blob} NOT NULL CHECK (length(mark) = 32),
  sealed {blob} NOT NULL CHECK (length(sealed) >= 40),
  PRIMARY KEY (user_id, mark)
) {end};
)sql";

constexpr std::string_view kPrivacyLedger = R"sql(
CREATE TABLE releases (
  id {int} PRIMARY KEY CHECK (id > 0),
  time {int} NOT NULL CHECK (time >= 0),
  epsilon {real} NOT NULL CHECK (epsilon > 0 AND epsilon < 1e300),
  delta {real} NOT NULL CHECK (delta >= 0 AND delta < 1),
  users {int} NOT NULL CHECK (users >= 0),
  purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 256)
) {end};
)sql";

constexpr std::array kMigrations = {Migration{1, kPeopleAndAnswers}, Migration{2, kPrivacyLedger}};

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

std::string in_dialect(std::string_view sql, Dialect dialect) {
  const bool sqlite = dialect == Dialect::Sqlite;
  const std::array<std::pair<std::string_view, std::string_view>, 4> words = {
      std::pair{"{int}", sqlite ? "INTEGER" : "BIGINT"},
      std::pair{"{real}", sqlite ? "REAL" : "DOUBLE PRECISION"},
      std::pair{"{blob}", sqlite ? "BLOB" : "BYTEA"},
      std::pair{"{end}", sqlite ? "STRICT, WITHOUT ROWID" : ""}};
  std::string text(sql);
  for (const auto& [word, meaning] : words) {
    for (std::size_t at = text.find(word); at != std::string::npos;
         at = text.find(word, at + meaning.size())) {
      text.replace(at, word.size(), meaning);
    }
  }
  return text;
}

}  // namespace atelier::storage::detail
