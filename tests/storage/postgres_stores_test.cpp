#include <gmock/gmock.h>

#include <pqxx/pqxx>
#include <set>
#include <thread>

#include "atelier/storage/open_store.h"
#include "storage/answers.h"
#include "storage/postgres_server.h"
#include "storage/store_contract.h"

namespace atelier::storage::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PostgresPlace : public StorePlace {
 public:
  explicit PostgresPlace(PostgresServer& server) : url_(server.make_place()) {}
  std::unique_ptr<PreferenceStore> open() override { return open_store(url_, {.key_folder = keys_.path()}); }

 private:
  const std::string url_;
  atelier::test::TempDir keys_;
};

std::unique_ptr<StorePlace> make_place() {
  PostgresServer* server = PostgresServer::shared();
  return server == nullptr ? nullptr : std::make_unique<PostgresPlace>(*server);
}

INSTANTIATE_TEST_SUITE_P(Server, StoreContract, testing::Values(StoreKind{"postgresql", make_place}),
                         [](const auto& kind) { return kind.param.name; });

class PostgresStore : public testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresServer::shared();
    if (server_ == nullptr) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    url_ = server_->make_place();
  }
  std::unique_ptr<PreferenceStore> open() { return open_store(url_, options_); }
  void sql(const std::string& statement) {
    pqxx::connection connection(url_);
    pqxx::work work(connection);
    work.exec(statement);
    work.commit();
  }

  PostgresServer* server_ = nullptr;
  std::string url_;
  atelier::test::TempDir keys_;
  StoreOptions options_{.key_folder = keys_.path()};
};

TEST_F(PostgresStore, SurvivesARestartOfTheServer) {
  const auto store = open();
  store->record("ana", rating("monet", 3));
  server_->stop();
  std::int64_t id = 0;
  std::thread writer([&] { id = store->record("ana", rating("klimt", 4)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  server_->start();  // by this thread: the server ends with the one that started it
  writer.join();
  EXPECT_EQ(id, 2);
  EXPECT_THAT(styles_of(store->answers("ana")), ElementsAre("monet", "klimt"));
}

TEST_F(PostgresStore, GivesUpOnAServerThatStaysAway) {
  options_.retry_limit = std::chrono::milliseconds(100);
  const auto store = open();
  store->record("ana", rating("monet", 3));
  server_->stop();
  try {
    store->answers("ana");
    ADD_FAILURE() << "read from nowhere";
  } catch (const Error& error) {
    EXPECT_EQ(error.id(), "store.unreachable");
    EXPECT_EQ(exit_status(error.code()), 69);
    EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
  }
  EXPECT_EQ(error_of([&] { open(); }), "store.unreachable");
  server_->start();
  EXPECT_EQ(store->answers("ana").size(), 1u);
}

TEST_F(PostgresStore, DoesNotWaitForEverForALock) {
  options_.statement_timeout = std::chrono::milliseconds(100);
  const auto store = open();
  store->record("ana", rating("monet", 3));
  pqxx::connection other(url_);
  pqxx::work holding(other);
  holding.exec("LOCK TABLE users");
  EXPECT_EQ(error_of([&] { store->record("ana", rating("monet", 3)); }), "store.slow");
  holding.abort();
  EXPECT_EQ(store->record("ana", rating("monet", 3)), 2);
}

TEST_F(PostgresStore, TakesManyWritersOfOnePerson) {
  open();
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&] {
      const auto store = open();
      for (int i = 0; i < 15; ++i) {
        Answer answer = rating("monet", 3);
        if (i < 5) answer.token = "shared-" + std::to_string(i);
        store->record("ana", answer);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto store = open();
  std::set<std::int64_t> ids;
  for (const Answer& answer : store->answers("ana")) ids.insert(answer.id);
  EXPECT_EQ(ids.size(), 4u * 10 + 5);
  EXPECT_THAT(store->users(), ElementsAre("ana"));
}

TEST_F(PostgresStore, KeepsNothingReadable) {
  const auto store = open();
  Answer answer = rating("quokka-nocturne", 4);
  answer.context = "grandmother-garden.jpg";
  store->record("Zyxanthe", answer);
  pqxx::connection connection(url_);
  pqxx::work work(connection);
  std::string all;
  for (const char* table : {"users", "answers", "profiles", "meta"}) {
    for (const auto& row :
         work.exec("SELECT convert_from(decode(replace(encode(textsend(t::text), 'hex'), '00', ''), "
                   "'hex'), 'UTF8') FROM " +
                   std::string(table) + " t")) {
      all += row[0].c_str();
    }
  }
  EXPECT_THAT(all, HasSubstr("key_ring"));
  const auto hex = [](const std::string& text) {
    std::string digits;
    for (const char c : text) {
      digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      digits += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return digits;
  };
  for (const std::string secret : {"Zyxanthe", "quokka", "grandmother"}) {
    EXPECT_THAT(all, Not(HasSubstr(secret)));
    EXPECT_THAT(all, Not(HasSubstr(hex(secret))));
  }
}

TEST_F(PostgresStore, RemovesTheErasedFromARestoredBackup) {
  const auto store = open();
  store->record("ana", rating("monet", 3));
  store->record("ben", rating("munch", 3));
  sql("CREATE TABLE old_users AS SELECT * FROM users; CREATE TABLE old_answers AS SELECT * FROM answers;"
      "CREATE TABLE old_meta AS SELECT * FROM meta");
  store->erase("ana");
  sql("DELETE FROM answers; DELETE FROM users; DELETE FROM meta; INSERT INTO users SELECT * FROM old_users;"
      "INSERT INTO answers SELECT * FROM old_answers; INSERT INTO meta SELECT * FROM old_meta");
  const auto restored = open();
  EXPECT_THAT(restored->users(), ElementsAre("ben"));
  pqxx::connection connection(url_);
  pqxx::work work(connection);
  EXPECT_EQ(work.exec1("SELECT count(*) FROM users")[0].as<int>(), 1);
  EXPECT_EQ(work.exec1("SELECT count(*) FROM answers")[0].as<int>(), 1);
}

TEST_F(PostgresStore, RefusesOtherKeysAndANewerSchema) {
  open()->record("ana", rating("monet", 3));
  const atelier::test::TempDir others;
  EXPECT_EQ(error_of([&] { open_store(url_, {.key_folder = others.path()}); }), "store.wrong_key");
  sql("INSERT INTO atelier_migrations (version) VALUES (99)");
  EXPECT_EQ(error_of([&] { open(); }), "store.newer_schema");
}

TEST_F(PostgresStore, SaysWhenTheServerTakesNoMoreConnections) {
  std::vector<std::unique_ptr<pqxx::connection>> crowd;
  try {
    for (int i = 0; i < 50; ++i) crowd.push_back(std::make_unique<pqxx::connection>(url_));
  } catch (const pqxx::broken_connection&) {
  }
  EXPECT_EQ(error_of([&] { open(); }), "store.unreachable");
  crowd.clear();
  EXPECT_NO_THROW(open());
}

TEST_F(PostgresStore, TellsItsPlaceWithoutThePassword) {
  const std::string where = open()->where();
  EXPECT_THAT(where, HasSubstr("postgresql://atelier@"));
  EXPECT_THAT(where, Not(HasSubstr("secret")));
  EXPECT_THAT(where, Not(HasSubstr("?")));
}

}  // namespace
}  // namespace atelier::storage::test
