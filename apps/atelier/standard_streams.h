#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace atelier::cli {

/// All of standard input. Error BadData "input.too_big" beyond `max_bytes` (an endless pipe), Io when reading
/// fails.
std::vector<std::byte> read_standard_input(std::uintmax_t max_bytes);

/// Error Io "output.write" when standard output does not take it all.
void write_standard_output(std::span<const std::byte> bytes);

}  // namespace atelier::cli
