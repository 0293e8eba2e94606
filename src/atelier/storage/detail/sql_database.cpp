#include "atelier/storage/detail/sql_database.h"

#include "atelier/core/error.h"

namespace atelier::storage::detail {
namespace {

template <typename T>
const T& column_as(const SqlRow& row, std::size_t column) {
  const T* value = column < row.size() ? std::get_if<T>(&row[column]) : nullptr;
  if (value == nullptr) {
    throw Error(ErrorCode::Internal, "store.sql",
                "column " + std::to_string(column) + " of a statement has another type; please report this");
  }
  return *value;
}

}  // namespace

std::int64_t integer(const SqlRow& row, std::size_t column) {
  return column_as<std::int64_t>(row, column);
}

double real(const SqlRow& row, std::size_t column) {
  return column_as<double>(row, column);
}

const std::string& text(const SqlRow& row, std::size_t column) {
  return column_as<std::string>(row, column);
}

const std::string& blob(const SqlRow& row, std::size_t column) {
  return column_as<Blob>(row, column).bytes;
}

}  // namespace atelier::storage::detail
