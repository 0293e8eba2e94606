#include "atelier/core/error.h"
#include "atelier/storage/detail/postgres_database.h"

namespace atelier::storage::detail {

std::unique_ptr<SqlDatabase> open_postgres(const std::string&, const StoreOptions&) {
  throw Error(
      ErrorCode::Unavailable, "store.no_postgres",
      "this program was built without PostgreSQL; build it with -DATELIER_WITH_POSTGRES=ON or use SQLite");
}

}  // namespace atelier::storage::detail
