#include "atelier/storage/open_store.h"

#include "atelier/core/error.h"
#include "atelier/storage/detail/postgres_database.h"
#include "atelier/storage/detail/sql_preference_store.h"
#include "atelier/storage/detail/sqlite_database.h"
#include "atelier/style/user_styles.h"

namespace atelier::storage {
namespace detail {

std::string without_secrets(const std::string& url) {
  const std::string bare = url.substr(0, url.find('?'));
  const std::size_t host = bare.find("://") == std::string::npos ? 0 : bare.find("://") + 3;
  const std::size_t at = bare.rfind('@', bare.find('/', host));
  const std::size_t colon = bare.find(':', host);
  if (at == std::string::npos || at < host || colon > at) return bare;
  return bare.substr(0, colon) + bare.substr(at);
}

}  // namespace detail

std::unique_ptr<PreferenceStore> open_store(const std::string& where, const StoreOptions& options) {
  std::unique_ptr<detail::SqlDatabase> database;
  if (where.starts_with("postgresql://") || where.starts_with("postgres://")) {
    database = detail::open_postgres(where, options);
  } else if (where.find("://") != std::string::npos) {
    throw Error(ErrorCode::Usage, "store.url",
                "'" + printable(detail::without_secrets(where)) +
                    "' is no place for answers; give a path or a postgresql:// URL");
  } else {
    const std::filesystem::path path =
        where.empty() ? style::user_data_path() / "taste.sqlite" : std::filesystem::path(where);
    database = std::make_unique<detail::SqliteDatabase>(std::filesystem::absolute(path), options);
  }
  const std::filesystem::path folder =
      options.key_folder.empty() ? style::user_data_path() : options.key_folder;
  return std::make_unique<detail::SqlPreferenceStore>(std::move(database), KeyRing::open(folder));
}

std::unique_ptr<PreferenceStore> open_memory_store() {
  return std::make_unique<detail::SqlPreferenceStore>(
      std::make_unique<detail::SqliteDatabase>(detail::SqliteDatabase::kMemory, StoreOptions{}),
      KeyRing::in_memory());
}

}  // namespace atelier::storage
