#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

namespace atelier::engine::detail {

/// Owned uninitialised floats, aligned for any vector and, when large, for huge pages.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t floats);
  ~AlignedBuffer();
  AlignedBuffer(AlignedBuffer&& other) noexcept;
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept;

  float* data() { return data_; }
  const float* data() const { return data_; }
  std::size_t size() const { return size_; }  ///< in floats

 private:
  float* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Places buffers that are alive from one step to another (both included) into one block, so that buffers
/// which never live together share memory. Greedy: a buffer goes to the lowest place that is free during its
/// life.
class ArenaPlan {
 public:
  /// Returns the buffer's offset in floats, a multiple of 16.
  std::size_t place(std::size_t floats, int first_step, int last_step);
  std::size_t size() const { return size_; }  ///< in floats

 private:
  struct Buffer {
    std::size_t begin, end;
    int first_step, last_step;
  };
  std::vector<Buffer> buffers_;
  std::size_t size_ = 0;
};

/// Keeps blocks between calls, because fresh pages cost as much as a layer. Thread-safe.
class ScratchPool {
 public:
  AlignedBuffer take(std::size_t floats);
  /// Blocks above 256 MiB go back to the system.
  void give_back(AlignedBuffer buffer);

 private:
  std::mutex mutex_;
  std::vector<AlignedBuffer> free_;
};

/// A block of a pool for the length of a scope.
class Scratch {
 public:
  Scratch(ScratchPool& pool, std::size_t floats) : pool_(pool), buffer_(pool.take(floats)) {}
  ~Scratch() { pool_.give_back(std::move(buffer_)); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  float* data() { return buffer_.data(); }

 private:
  ScratchPool& pool_;
  AlignedBuffer buffer_;
};

}  // namespace atelier::engine::detail
