#include "atelier/storage/detail/postgres_database.h"

#include <charconv>
#include <optional>
#include <pqxx/pqxx>
#include <random>
#include <thread>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/storage/detail/migrations.h"

namespace atelier::storage::detail {
namespace {

using Clock = std::chrono::steady_clock;

// Types of columns, as the server numbers them (pg_type.dat).
constexpr pqxx::oid kBytea = 17, kInt8 = 20, kInt4 = 23, kFloat8 = 701;
// Ours among all advisory locks of a database.
constexpr const char* kMigrationLock = "SELECT pg_advisory_xact_lock(4709621)";
constexpr int kMaxConflicts = 20;

std::string first_line(const std::string& text) {
  return printable(text.substr(0, text.find('\n')));
}

std::string as_parameter(std::int64_t value) {
  return std::to_string(value);
}

std::string as_parameter(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string as_parameter(const std::string& value) {
  return value;
}

std::string as_parameter(const Blob& value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex = "\\x";
  hex.reserve(2 + 2 * value.bytes.size());
  for (const char byte : value.bytes) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

SqlValue value_of(const pqxx::field& field, pqxx::oid type) {
  switch (type) {
    case kBytea:
      return Blob{pqxx::binarystring(field).str()};
    case kInt8:
    case kInt4:
      return field.as<std::int64_t>();
    case kFloat8:
      return field.as<double>();
    default:
      return std::string(field.c_str(), field.size());
  }
}

// Without these a server whose machine vanished would be waited for as long as TCP likes.
std::string with_timeouts(const std::string& url) {
  std::string full = url;
  for (const auto& [key, value] :
       {std::pair{"connect_timeout", "5"}, std::pair{"tcp_user_timeout", "10000"}}) {
    if (url.find(key) != std::string::npos) continue;
    full += full.find('?') == std::string::npos ? '?' : '&';
    full += std::string(key) + "=" + value;
  }
  return full;
}

/// Why an attempt failed, and whether another one may help.
struct Failure {
  Error error;
  bool lost_connection = false;
  bool conflict = false;
};

class PostgresDatabase : public SqlDatabase {
 public:
  PostgresDatabase(std::string url, const StoreOptions& options) : url_(std::move(url)), options_(options) {
    try {
      connect();
      migrate();
    } catch (const pqxx::pqxx_exception& error) {
      throw explain(error).error;
    }
  }

  std::string where() const override { return without_secrets(url_); }

  void transact(Access access, Again again, const std::function<void()>& work) override {
    if (transaction_ != nullptr) return work();
    const Clock::time_point deadline = Clock::now() + options_.retry_limit;
    std::chrono::milliseconds pause{20};
    for (int conflicts = 0;;) {
      bool began_work = false;
      try {
        return attempt(access, began_work, work);
      } catch (const pqxx::pqxx_exception& error) {
        const Failure failure = explain(error);
        if (failure.lost_connection) disconnect();
        conflicts += failure.conflict ? 1 : 0;
        const bool may_help = failure.lost_connection || (failure.conflict && conflicts <= kMaxConflicts);
        const bool may_repeat = again == Again::Yes || !began_work;
        if (!may_help || !may_repeat || Clock::now() + pause >= deadline) throw failure.error;
      }
      // Full jitter: programs that lost the same server do not come back at the same moment.
      std::this_thread::sleep_for(std::chrono::milliseconds(
          std::uniform_int_distribution<long>(1, static_cast<long>(pause.count()))(random_)));
      pause = std::min(pause * 2, std::chrono::milliseconds(2000));
    }
  }

  std::vector<SqlRow> run(const std::string& sql, const SqlRow& parameters) override {
    std::vector<std::string> texts;
    texts.reserve(parameters.size());
    for (const SqlValue& parameter : parameters) {
      texts.push_back(std::visit([](const auto& value) { return as_parameter(value); }, parameter));
    }
    const pqxx::result result = transaction_->exec_params(sql, pqxx::prepare::make_dynamic_params(texts));
    std::vector<SqlRow> rows;
    rows.reserve(result.size());
    for (const pqxx::row& row : result) {
      SqlRow& values = rows.emplace_back();
      for (pqxx::row::size_type i = 0; i < row.size(); ++i)
        values.push_back(value_of(row[i], result.column_type(i)));
    }
    return rows;
  }

  // The server's own vacuum reuses the space; without the key what lies there is noise.
  std::int64_t scrub() override { return 0; }

  void verify() override {}

 private:
  void connect() {
    connection_ = std::make_unique<pqxx::connection>(with_timeouts(url_));
    quiet_ = std::make_unique<pqxx::quiet_errorhandler>(*connection_);
    const std::string limit = std::to_string(options_.statement_timeout.count());
    // As variables of the connection, which libpqxx sets again when it reconnects by itself.
    for (const auto& [variable, value] : {std::pair<const char*, std::string>{"statement_timeout", limit},
                                          {"lock_timeout", limit},
                                          {"client_encoding", "'UTF8'"},
                                          {"bytea_output", "'hex'"},
                                          {"synchronous_commit", "on"},
                                          {"extra_float_digits", "3"}}) {
      connection_->set_variable(variable, value);
    }
  }

  void disconnect() {
    quiet_.reset();
    connection_.reset();
  }

  void attempt(Access access, bool& began_work, const std::function<void()>& work) {
    if (connection_ == nullptr) connect();
    struct Finally {
      pqxx::transaction_base*& transaction;
      ~Finally() { transaction = nullptr; }
    };
    const auto within = [&](pqxx::transaction_base& transaction) {
      const Finally finally{transaction_};
      transaction_ = &transaction;
      began_work = true;
      work();
    };
    if (access == Access::Read) {
      pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction(*connection_);
      within(transaction);
      transaction.commit();
    } else {
      pqxx::work transaction(*connection_);
      transaction.exec("SELECT 1");  // finds a lost connection before `work` begins
      within(transaction);
      transaction.commit();
    }
  }

  void migrate() {
    pqxx::work transaction(*connection_);
    transaction.exec(kMigrationLock);
    transaction.exec(
        "CREATE TABLE IF NOT EXISTS atelier_migrations (version BIGINT PRIMARY KEY, "
        "applied TIMESTAMPTZ NOT NULL DEFAULT now())");
    const int version =
        transaction.exec1("SELECT coalesce(max(version), 0) FROM atelier_migrations")[0].as<int>();
    const int newest = migrations().back().version;
    if (version > newest) {
      throw Error(ErrorCode::BadData, "store.newer_schema",
                  printable(where()) + ": was written by a newer atelier (schema " + std::to_string(version) +
                      ", this one knows " + std::to_string(newest) + "); use that one");
    }
    for (const Migration& step : migrations()) {
      if (step.version <= version) continue;
      transaction.exec(in_dialect(step.sql, Dialect::Postgres));
      transaction.exec_params("INSERT INTO atelier_migrations (version) VALUES ($1)", step.version);
    }
    transaction.commit();
  }

  Failure explain(const pqxx::pqxx_exception& exception) const {
    const std::string cause = first_line(exception.base().what());
    const auto error = [&](ErrorCode code, const char* id, const std::string& text) {
      return Error(code, id, printable(where()) + ": " + text);
    };
    const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception);
    const std::string state = sql == nullptr ? "" : sql->sqlstate();
    const bool shut_down = state.starts_with("57P") || state.starts_with("08");
    if (shut_down || dynamic_cast<const pqxx::broken_connection*>(&exception) != nullptr ||
        dynamic_cast<const pqxx::in_doubt_error*>(&exception) != nullptr) {
      return {error(ErrorCode::Unavailable, "store.unreachable",
                    "the server cannot be reached (" + cause + "); start it or check the URL"),
              true};
    }
    if (state == "40001" || state == "40P01" || state == "23505" ||
        dynamic_cast<const pqxx::transaction_rollback*>(&exception) != nullptr) {
      return {error(ErrorCode::TryAgain, "store.locked", "another program is writing the same; try again"),
              false, true};
    }
    if (state == "57014" || state == "55P03") {
      return {error(ErrorCode::TryAgain, "store.slow", "the server did not answer in time; try again")};
    }
    if (state.starts_with("53")) {
      return {error(ErrorCode::Io, "store.full",
                    "the server has no room left, nothing was kept (" + cause + ")")};
    }
    if (state == "42501" || state == "25006") {
      return {error(ErrorCode::NotPermitted, "store.read_only",
                    "may not be written with this role (" + cause + ")")};
    }
    if (state.starts_with("XX") || state.starts_with("58")) {
      return {error(ErrorCode::BadData, "store.corrupt", "the server's data is damaged (" + cause + ")")};
    }
    return {error(ErrorCode::Internal, "store.sql", cause + "; please report this")};
  }

  const std::string url_;
  const StoreOptions options_;
  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::quiet_errorhandler> quiet_;
  pqxx::transaction_base* transaction_ = nullptr;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace

std::unique_ptr<SqlDatabase> open_postgres(const std::string& url, const StoreOptions& options) {
  return std::make_unique<PostgresDatabase>(url, options);
}

}  // namespace atelier::storage::detail
