#pragma once

#include <nlohmann/json.hpp>

namespace atelier::judging {

/// What a report must name so that its numbers can be placed: program version, source revision, LibTorch,
/// processor, the number of processors, time of day, and the most memory this process has used so far (MB).
nlohmann::json run_facts();

}  // namespace atelier::judging
