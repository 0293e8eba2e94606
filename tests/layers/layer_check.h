#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace atelier::test {

/// Reads every #include of src/atelier and apps below `root` and compares it with the house's dependency
/// table (in layer_check.cpp, printed in ARCHITECTURE.md). One line a violation: "file: includes X: why not",
/// sorted.
std::vector<std::string> layer_violations(const std::filesystem::path& root);

/// How many files the check looked at: a check of nothing proves nothing.
std::size_t count_checked_files(const std::filesystem::path& root);

}  // namespace atelier::test
