#include "weights/largest_allocation.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t g_largest = 0;

}  // namespace

namespace atelier::test {

void reset_largest_allocation() {
  g_largest = 0;
}
std::size_t largest_allocation() {
  return g_largest;
}

}  // namespace atelier::test

void* operator new(std::size_t bytes) {
  g_largest = std::max(g_largest, bytes);
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
