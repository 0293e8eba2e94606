#pragma once

#include <cstddef>

namespace atelier::test {

/// The largest single `new` of this thread since the last reset. The test program's own operator new keeps
/// the record.
void reset_largest_allocation();
std::size_t largest_allocation();

}  // namespace atelier::test
