#include "atelier/storage/open_store.h"
#include "storage/store_contract.h"
#include "support/temp_dir.h"

namespace atelier::storage::test {
namespace {

class MemoryPlace : public StorePlace {
 public:
  std::unique_ptr<PreferenceStore> open() override { return open_memory_store(); }
  bool outlives_its_store() const override { return false; }
};

class SqlitePlace : public StorePlace {
 public:
  std::unique_ptr<PreferenceStore> open() override {
    StoreOptions options;
    options.key_folder = folder_ / "keys";
    return open_store((folder_ / "taste.sqlite").string(), options);
  }

 private:
  atelier::test::TempDir folder_;
};

INSTANTIATE_TEST_SUITE_P(Local, StoreContract,
                         testing::Values(StoreKind{"memory", [] { return std::make_unique<MemoryPlace>(); }},
                                         StoreKind{"sqlite", [] { return std::make_unique<SqlitePlace>(); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace atelier::storage::test
