#include "storage/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <pqxx/pqxx>
#include <stdexcept>
#include <thread>
#include <vector>

namespace atelier::storage::test {
namespace {

namespace fs = std::filesystem;
const std::string kPrograms = "/usr/lib/postgresql/15/bin/";

// The server refuses to run as root.
const passwd* other_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

pid_t run(std::vector<std::string> words, const fs::path& log) {
  const passwd* user = other_user();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

PostgresServer* PostgresServer::shared() {
  if (!fs::exists(kPrograms + "postgres") || !fs::exists(kPrograms + "initdb")) return nullptr;
  static PostgresServer server;
  return &server;
}

PostgresServer::PostgresServer() {
  if (const passwd* user = other_user()) {
    if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot chown");
  }
  const pid_t pid = run({kPrograms + "initdb", "-D", (folder_ / "data").string(), "-U", "atelier", "-A",
                         "trust", "-E", "UTF8", "--locale=C", "--no-sync"},
                        folder_ / "log");
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed, see " + (folder_ / "log").string());
  start();
}

PostgresServer::~PostgresServer() {
  stop();
}

void PostgresServer::start() {
  const fs::path data = folder_ / "data", ready = data / "postmaster.pid";
  pid_ = run({kPrograms + "postgres", "-D", data.string(), "-k", folder_.path().string(), "-c",
              "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=12",
              "-c", "autovacuum=off"},
             folder_ / "log");
  for (int i = 0; i < 3000; ++i) {
    std::ifstream file(ready);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    if (text.find("ready") != std::string::npos && text.starts_with(std::to_string(pid_) + "\n")) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::ifstream log(folder_ / "log");
  throw std::runtime_error("the server did not start: " +
                           std::string((std::istreambuf_iterator<char>(log)), {}));
}

void PostgresServer::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGQUIT);  // at once, as in a crash
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string PostgresServer::url(const std::string& parameters) const {
  std::string host;
  for (const char c : folder_.path().string()) host += c == '/' ? "%2F" : std::string(1, c);
  return "postgresql://atelier:secret@" + host + "/postgres" + parameters;
}

std::string PostgresServer::make_place() {
  const std::string schema = "place" + std::to_string(++places_);
  pqxx::connection connection(url(""));
  pqxx::work work(connection);
  work.exec("CREATE SCHEMA " + schema);
  work.commit();
  return url("?options=-csearch_path%3D" + schema);
}

}  // namespace atelier::storage::test
