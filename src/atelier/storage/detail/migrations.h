#pragma once

#include <span>
#include <string>
#include <string_view>

namespace atelier::storage::detail {

enum class Dialect { Sqlite, Postgres };

/// One step of the schema, written once: {int}, {real}, {blob} and {end} stand for what the two databases
/// call them. A published step is never edited; a change is a new step at the end.
struct Migration {
  int version;  ///< from 1, without gaps
  std::string_view sql;
};

std::span<const Migration> migrations();

std::string in_dialect(std::string_view sql, Dialect dialect);

}  // namespace atelier::storage::detail
