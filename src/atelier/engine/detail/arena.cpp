#include "atelier/engine/detail/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace atelier::engine::detail {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kKeptBytes = std::size_t{256} << 20;

std::size_t rounded_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t floats) : size_(floats) {
  const std::size_t bytes = floats * sizeof(float);
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : 64;
  const std::size_t rounded = rounded_up(std::max<std::size_t>(bytes, 1), alignment);
  data_ = static_cast<float*>(std::aligned_alloc(alignment, rounded));
  if (!data_) throw std::bad_alloc();
  // Only a hint: 512 times fewer page faults where the system grants it.
  if (alignment == kHugePage) ::madvise(data_, rounded, MADV_HUGEPAGE);
}

AlignedBuffer::~AlignedBuffer() {
  std::free(data_);
}

AlignedBuffer::AlignedBuffer(AlignedBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

AlignedBuffer& AlignedBuffer::operator=(AlignedBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

std::size_t ArenaPlan::place(std::size_t floats, int first_step, int last_step) {
  const std::size_t length = rounded_up(floats, 16);
  std::size_t begin = 0;
  // buffers_ is sorted by begin, so one sweep finds the lowest gap.
  for (const Buffer& other : buffers_) {
    const bool together = other.first_step <= last_step && first_step <= other.last_step;
    if (!together) continue;
    if (begin + length <= other.begin) break;
    begin = std::max(begin, other.end);
  }
  const Buffer placed{begin, begin + length, first_step, last_step};
  buffers_.insert(std::upper_bound(buffers_.begin(), buffers_.end(), placed,
                                   [](const Buffer& a, const Buffer& b) { return a.begin < b.begin; }),
                  placed);
  size_ = std::max(size_, placed.end);
  return begin;
}

AlignedBuffer ScratchPool::take(std::size_t floats) {
  AlignedBuffer smaller;  // freed after the lock
  {
    std::lock_guard lock(mutex_);
    const auto fit =
        std::find_if(free_.begin(), free_.end(), [&](const auto& b) { return b.size() >= floats; });
    if (fit != free_.end()) {
      AlignedBuffer found = std::move(*fit);
      free_.erase(fit);
      return found;
    }
    if (!free_.empty()) {
      smaller = std::move(free_.back());
      free_.pop_back();
    }
  }
  return AlignedBuffer(floats);
}

void ScratchPool::give_back(AlignedBuffer buffer) {
  if (buffer.size() * sizeof(float) > kKeptBytes) return;
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(buffer));
}

}  // namespace atelier::engine::detail
