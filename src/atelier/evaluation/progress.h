#pragma once

#include <functional>
#include <string>

namespace atelier::evaluation {

/// Called after each step of something long; may throw to stop it.
using ProgressCallback = std::function<void(const std::string& what, int done, int total)>;

}  // namespace atelier::evaluation
