#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "atelier/storage/preference_store.h"

namespace atelier::storage {

struct StoreOptions {
  /// Where master.key and user.keys live (key_ring.h); "" means style::user_data_path().
  std::filesystem::path key_folder;
  /// SQLite: how long a write waits for another program's before "store.locked".
  std::chrono::milliseconds busy_timeout{5000};
  /// SQLite on a network file system, without its write-ahead log; refused otherwise.
  bool allow_network_file_system = false;
  /// The file system's number, as statfs() gives it; tests put one in.
  std::function<long(const std::filesystem::path&)> file_system_type;
  /// PostgreSQL: for how long a write or read is tried again when the server went away.
  std::chrono::milliseconds retry_limit{30000};
  /// PostgreSQL: how long one statement may take.
  std::chrono::milliseconds statement_timeout{5000};
};

/// Opens the store, made on first use, and removes people who were erased after the copy was made.
/// `where`: "" for taste.sqlite in style::user_data_path(), a path, or a URL
/// "postgresql://user@host/database". Errors: as PreferenceStore; BadData "store.not_a_database" and
/// "store.newer_schema"; NotPermitted "store.network_fs", "store.wrong_key" and those of KeyRing::open;
/// CannotCreate "store.create"; Unavailable "store.no_postgres" when PostgreSQL was not built in.
std::unique_ptr<PreferenceStore> open_store(const std::string& where, const StoreOptions& options = {});

/// A store that lives as long as the object, keys and all; for dry runs and tests.
std::unique_ptr<PreferenceStore> open_memory_store();

}  // namespace atelier::storage
