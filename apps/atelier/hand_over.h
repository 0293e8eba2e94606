#pragma once

#include "program.h"

namespace atelier::cli {

/// Where the sibling program atelier-torch is: beside this program, else in ../libexec/atelier; empty when
/// neither.
std::filesystem::path torch_program();

/// Becomes the sibling program atelier-torch with the same command line; returns only by throwing Error
/// Unavailable "program.missing" when it is not installed.
[[noreturn]] void hand_over_to_torch(const Program& program);

}  // namespace atelier::cli
