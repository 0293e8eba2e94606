// What keeping answers costs: loading one person's taste among many people's, and adding an answer that is on
// disk when the call returns. $ATELIER_BENCH_USERS people with 50 answers each (default 1000; 100000 make 5
// GB in $TMPDIR). $ATELIER_BENCH_STORE=postgresql://... takes an empty database in place of
// SQLite.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "atelier/storage/open_store.h"

namespace atelier::bench {
namespace {

constexpr int kAnswers = 50, kCodeValues = 128, kUsersPerTransaction = 500;

int user_count() {
  const char* text = std::getenv("ATELIER_BENCH_USERS");
  return text == nullptr ? 1000 : std::max(1, std::atoi(text));
}

std::string user_name(int index) {
  return "user-" + std::to_string(index);
}

storage::Answer some_answer(std::minstd_rand& random) {
  std::normal_distribution<float> normal;
  storage::Answer answer;
  answer.value = 1 + static_cast<double>(random() % 5);
  answer.time = 1'700'000'000 + static_cast<std::int64_t>(random() % 100'000'000);
  storage::Subject& subject = answer.subjects.emplace_back();
  subject.style = "style-" + std::to_string(random() % 73);
  subject.code.space = "base-1";
  for (int i = 0; i < kCodeValues; ++i) subject.code.values.push_back(normal(random));
  for (const char* key : {"warmth", "saturation", "lightness", "contrast", "stroke-size", "texture"}) {
    subject.attributes[key] = normal(random);
  }
  return answer;
}

/// A store full of people, made once and removed at the end.
class FullStore {
 public:
  FullStore()
      : folder_(std::filesystem::temp_directory_path() / ("atelier-bench-" + std::to_string(::getpid()))) {
    options_.key_folder = folder_ / "keys";
    store_ = storage::open_store(path(), options_);
    std::minstd_rand random(1);
    for (int first = 0; first < users_; first += kUsersPerTransaction) {
      store_->together([&] {
        for (int user = first; user < std::min(users_, first + kUsersPerTransaction); ++user) {
          for (int i = 0; i < kAnswers; ++i) store_->record(user_name(user), some_answer(random));
        }
      });
    }
  }
  ~FullStore() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  FullStore(const FullStore&) = delete;
  FullStore& operator=(const FullStore&) = delete;

  static FullStore& shared() {
    static FullStore store;
    return store;
  }

  int users() const { return users_; }
  std::string path() const {
    const char* other = std::getenv("ATELIER_BENCH_STORE");
    return other == nullptr ? (folder_ / "taste.sqlite").string() : other;
  }
  /// Of the database's file; 0 for a server's.
  double megabytes() const {
    std::error_code nothing;
    const auto bytes = std::filesystem::file_size(folder_ / "taste.sqlite", nothing);
    return nothing ? 0 : static_cast<double>(bytes) / 1e6;
  }
  storage::PreferenceStore& store() { return *store_; }
  std::unique_ptr<storage::PreferenceStore> open_again() const {
    return storage::open_store(path(), options_);
  }

 private:
  const int users_ = user_count();
  const std::filesystem::path folder_;
  storage::StoreOptions options_;
  std::unique_ptr<storage::PreferenceStore> store_;
};

void load_one_user(benchmark::State& state) {
  FullStore& full = FullStore::shared();
  std::minstd_rand random(2);
  for (auto _ : state) {
    const auto answers =
        full.store().answers(user_name(static_cast<int>(random() % static_cast<unsigned>(full.users()))));
    if (answers.size() < kAnswers) state.SkipWithError("answers are missing");
  }
  state.counters["users"] = full.users();
  state.counters["MB"] = full.megabytes();
}
BENCHMARK(load_one_user)->Unit(benchmark::kMillisecond);

// As a command does: open the store, load one person, close it.
void open_and_load_one_user(benchmark::State& state) {
  FullStore& full = FullStore::shared();
  std::minstd_rand random(3);
  for (auto _ : state) {
    const auto store = full.open_again();
    benchmark::DoNotOptimize(
        store->answers(user_name(static_cast<int>(random() % static_cast<unsigned>(full.users())))));
  }
}
BENCHMARK(open_and_load_one_user)->Unit(benchmark::kMillisecond);

void record_durably(benchmark::State& state) {
  FullStore& full = FullStore::shared();
  std::minstd_rand random(4);
  for (auto _ : state) {
    full.store().record(user_name(static_cast<int>(random() % static_cast<unsigned>(full.users()))),
                        some_answer(random));
  }
}
BENCHMARK(record_durably)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace atelier::bench

BENCHMARK_MAIN();
