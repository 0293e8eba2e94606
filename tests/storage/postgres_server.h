#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "support/temp_dir.h"

namespace atelier::storage::test {

/// A PostgreSQL server of the test's own, on a Unix socket only. It ends with the test, also when that is
/// killed.
class PostgresServer {
 public:
  /// Null when the server's programs are not installed.
  static PostgresServer* shared();
  ~PostgresServer();

  void start();
  void stop();
  /// A URL to an empty schema of its own.
  std::string make_place();
  std::string url(const std::string& parameters) const;

 private:
  PostgresServer();

  atelier::test::TempDir folder_;
  pid_t pid_ = -1;
  int places_ = 0;
};

}  // namespace atelier::storage::test
