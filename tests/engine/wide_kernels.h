#pragma once

#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {

/// The bodies of the AVX-512 kernels, which are sixteen floats wide, in the instructions of any processor:
/// slow, but they test on every machine what only some of them run.
const Kernels& wide_kernels();

}  // namespace atelier::engine::detail
