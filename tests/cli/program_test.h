#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "run_program.h"
#include "support/temp_dir.h"

namespace atelier::test {

/// The built program with a tiny model, a data folder of its own, and a working folder that holds photo.png
/// (60 x 44).
class ProgramTest : public testing::Test {
 protected:
  ProgramTest();

  /// Runs "atelier ARGUMENTS" in the working folder.
  ProgramResult run(const std::vector<std::string>& arguments, RunOptions options = {}) const;
  /// The same, which must succeed, with its standard output as JSON.
  nlohmann::json json(std::vector<std::string> arguments) const;

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  /// Both make the folders they need.
  void write(const std::string& name, const std::string& bytes) const;
  void write(const std::string& name, const Image& picture) const;
  std::string bytes(const std::string& name) const;
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }
  /// Names in a folder of the working folder, hidden ones too, sorted.
  std::vector<std::string> names(const std::string& folder = ".") const;

  /// Files of what styles trained.
  std::size_t deltas() const;

  TempDir folder_, model_folder_, data_folder_;
  std::filesystem::path model_;
};

/// A failure that says why in one line.
testing::AssertionResult fails_with(const ProgramResult& result, int status, const std::string& part);

}  // namespace atelier::test
