#include "atelier/core/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "atelier/core/error.h"
#include "support/temp_dir.h"

namespace atelier {
namespace {

using test::TempDir;

constexpr std::size_t kMaxBytes = 1 << 24;

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename());
  return names;
}

/// Runs `body` in a child, which may spoil its own limits and mounts; returns its exit status.
int status_in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 0 when writing `bytes` to `path` fails as Io and leaves nothing but what was in the folder before.
int expect_failed_write(const std::filesystem::path& path, const std::string& bytes) {
  const std::vector<std::string> before = names_in(path.parent_path());
  try {
    write_file_atomically(path, bytes);
    return 1;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Io) return 2;
  }
  return names_in(path.parent_path()) == before ? 0 : 3;
}

TEST(AtomicFile, WritesAndReplaces) {
  TempDir folder;
  write_file_atomically(folder / "a", "first");
  write_file_atomically(folder / "a", "second");
  EXPECT_EQ(read_file(folder / "a", kMaxBytes), "second");
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("a"));
}

TEST(AtomicFile, KeepsEveryByteAndNone) {
  TempDir folder;
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7);
  write_file_atomically(folder / "a", bytes);
  EXPECT_EQ(read_file(folder / "a", kMaxBytes), bytes);
  write_file_atomically(folder / "a", "");
  EXPECT_EQ(read_file(folder / "a", kMaxBytes), "");
}

TEST(AtomicFile, WritesIntoTheCurrentFolder) {
  TempDir folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write_file_atomically("bare-name", "x");
  std::filesystem::current_path(before);
  EXPECT_EQ(read_file(folder / "bare-name", kMaxBytes), "x");
}

TEST(AtomicFile, SaysThatAFolderIsMissing) {
  TempDir folder;
  try {
    write_file_atomically(folder / "none/a", "x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CannotCreate);
    EXPECT_THAT(error.what(), testing::HasSubstr("none/a"));
  }
}

TEST(AtomicFile, LeavesNothingBehindWhenTheNameIsAFolder) {
  TempDir folder;
  std::filesystem::create_directory(folder / "a");
  EXPECT_THROW(write_file_atomically(folder / "a", "x"), Error);
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("a"));
}

TEST(AtomicFile, KeepsTheOldFileWhenWritingFailsHalfWay) {
  TempDir folder;
  write_file_atomically(folder / "a", "old");
  // A file-size limit ends the write after 4 KiB, as a full disk would.
  EXPECT_EQ(status_in_child([&] {
              std::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{4096, 4096};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              return expect_failed_write(folder / "a", std::string(100'000, 'x'));
            }),
            0);
  EXPECT_EQ(read_file(folder / "a", kMaxBytes), "old");
}

TEST(AtomicFile, SurvivesAFullDisk) {
  constexpr int kNoMounts = 99;
  TempDir folder;
  const int status = status_in_child([&] {
    // A disk of 64 KiB of this child's own.
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return kNoMounts;
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) return kNoMounts;
    write_file_atomically(folder / "a", "old");
    const int failed = expect_failed_write(folder / "a", std::string(1 << 20, 'x'));
    if (failed != 0) return failed;
    if (read_file(folder / "a", kMaxBytes) != "old") return 4;
    write_file_atomically(folder / "a", "new");
    return read_file(folder / "a", kMaxBytes) == "new" ? 0 : 5;
  });
  if (status == kNoMounts) GTEST_SKIP() << "this system lets no test mount a disk of its own";
  EXPECT_EQ(status, 0);
}

TEST(AtomicFile, AReaderNeverSeesHalfAFileWhenTheWriterIsKilled) {
  TempDir folder;
  const std::string path = folder / "a";
  const std::string texts[] = {std::string(200'000, 'a'), std::string(150'000, 'b')};
  write_file_atomically(path, texts[0]);
  for (int round = 0; round < 12; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (int i = 0;; ++i) write_file_atomically(path, texts[i % 2]);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500 + 700 * round));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    const std::string seen = read_file(path, kMaxBytes);
    EXPECT_TRUE(seen == texts[0] || seen == texts[1]) << seen.size() << " bytes in round " << round;
  }
}

TEST(AtomicFile, ManyThreadsMayWriteOneName) {
  TempDir folder;
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i)
        write_file_atomically(folder / "a", std::string(5000, static_cast<char>('a' + t)));
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string seen = read_file(folder / "a", kMaxBytes);
  EXPECT_EQ(seen, std::string(5000, seen.at(0)));
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("a"));
}

TEST(ReadFile, RefusesWhatIsNoPlainFileOrTooLarge) {
  TempDir folder;
  write_file_atomically(folder / "a", "12345");
  EXPECT_EQ(read_file(folder / "a", 5), "12345");
  const auto code_of = [](const std::filesystem::path& path, std::size_t max_bytes) {
    try {
      read_file(path, max_bytes);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  };
  EXPECT_EQ(code_of(folder / "a", 4), ErrorCode::BadData);
  EXPECT_EQ(code_of(folder / "none", 4), ErrorCode::NoInput);
  EXPECT_EQ(code_of(folder.path(), 4), ErrorCode::NoInput);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(code_of(folder / "pipe", 4), ErrorCode::NoInput) << "a pipe must not make the program wait";
}

}  // namespace
}  // namespace atelier
