#pragma once

#include <omp.h>

#include <cstddef>

namespace atelier::engine::detail {

/// work(index, thread) for every index below count, on up to `threads` threads; thread counts from 0. `work`
/// must not throw and must not care who does what.
template <typename Work>
void parallel_for(int threads, std::size_t count, const Work& work) {
#pragma omp parallel for num_threads(threads) schedule(dynamic) if (threads > 1 && count > 1)
  for (std::size_t index = 0; index < count; ++index) work(index, omp_get_thread_num());
}

}  // namespace atelier::engine::detail
