#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "advise_answer.h"

namespace atelier::cli {

/// $XDG_CACHE_HOME/atelier/speeds.json, else ~/.cache/atelier/speeds.json; empty when neither is known.
std::filesystem::path speeds_file();

/// What was measured before on this processor by this version of the program, on so many processors; nothing
/// when there is none or it cannot be read: a cache is not worth an error.
std::optional<MachineSpeeds> load_speeds(const std::filesystem::path& file, int processors);
/// Errors of write_file_atomically.
void save_speeds(const std::filesystem::path& file, const MachineSpeeds& machine);

/// This machine with nothing measured yet.
MachineSpeeds this_machine(int processors);

/// Measures what `machine` lacks to advise on these networks at this size: the size itself on all processors
/// and on one (unless it is above Stylizer::kWholePixels), the tiles' windows on all. `step` hears of each
/// measurement: done, total. Throws Interrupted; what was measured stays in `machine`.
void measure_missing(MachineSpeeds& machine, const std::vector<std::string>& networks, int width, int height,
                     std::uint64_t seed, const std::function<void(const std::string&, int, int)>& step);

}  // namespace atelier::cli
