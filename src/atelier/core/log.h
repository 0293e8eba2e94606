#pragma once

#include <spdlog/spdlog.h>

namespace atelier {

/// Sends the program's log to stderr (stdout is for results). `verbosity`: -1 errors only, 0 notices and
/// warnings, 1 and more adds detail.
void start_log(int verbosity);

}  // namespace atelier
