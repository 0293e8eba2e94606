#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "atelier/storage/preference_store.h"

namespace atelier::storage::test {

/// A place of its own for one test; opening it again finds what was kept.
class StorePlace {
 public:
  virtual ~StorePlace() = default;
  virtual std::unique_ptr<PreferenceStore> open() = 0;
  virtual bool outlives_its_store() const { return true; }
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StorePlace>()>
      make;  ///< null when it cannot be had here; the tests then skip
};

/// What every PreferenceStore promises. A program that tests a kind links store_contract.cpp and instantiates
/// this.
class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;
  void reopen();
  PreferenceStore& store() { return *store_; }

  std::unique_ptr<StorePlace> place_;
  std::unique_ptr<PreferenceStore> store_;
};

}  // namespace atelier::storage::test
