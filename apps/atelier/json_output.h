#pragma once

#include <nlohmann/json.hpp>

namespace atelier::cli {

/// A command's result on standard output. Every one is an object with "schema", raised when its form changes.
/// File names that are not UTF-8 get replacement characters.
void print_json(const nlohmann::json& result);

}  // namespace atelier::cli
