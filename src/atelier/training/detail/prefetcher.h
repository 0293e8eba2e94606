#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <utility>

#include "atelier/core/bounded_queue.h"

namespace atelier::training {

/// Makes batches ahead on a thread of its own: make(step) for step = first, first + 1, ..., in order.
template <typename Batch>
class Prefetcher {
 public:
  Prefetcher(std::int64_t first, std::function<Batch(std::int64_t)> make, std::size_t ahead = 4)
      : queue_(ahead), thread_([this, first, make = std::move(make)] {
          try {
            for (std::int64_t step = first; queue_.push(make(step)); ++step) {
            }
          } catch (...) {
            failure_ = std::current_exception();
            queue_.close();
          }
        }) {}
  ~Prefetcher() {
    queue_.close();
    thread_.join();
  }
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// The next batch; rethrows what make() threw.
  Batch next() {
    std::optional<Batch> batch = queue_.pop();
    if (!batch) std::rethrow_exception(failure_);
    return std::move(*batch);
  }

 private:
  BoundedQueue<Batch> queue_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace atelier::training
