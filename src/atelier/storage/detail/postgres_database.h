#pragma once

#include <memory>
#include <string>

#include "atelier/storage/detail/sql_database.h"
#include "atelier/storage/open_store.h"

namespace atelier::storage::detail {

/// Connects to a "postgresql://" URL and brings the schema up to date. Opening fails at once when the server
/// is away; an open one survives a restart of it within StoreOptions::retry_limit. Error Unavailable
/// "store.no_postgres" in a program built without PostgreSQL.
std::unique_ptr<SqlDatabase> open_postgres(const std::string& url, const StoreOptions& options);

/// The URL without its password and parameters, for people.
std::string without_secrets(const std::string& url);

}  // namespace atelier::storage::detail
