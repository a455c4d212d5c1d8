// SPDX-License-Identifier: Apache-2.0
#include "support/allocations.hpp"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

thread_local std::size_t allocation_count = 0;
thread_local std::string_view watched{};
thread_local bool watched_seen = false;

void* allocate(std::size_t size, std::size_t alignment) {
  ++allocation_count;
  if (size == 0) size = 1;
  void* memory = nullptr;
  if (alignment <= alignof(std::max_align_t)) {
    memory = std::malloc(size);
  } else if (::posix_memalign(&memory, alignment, size) != 0) {
    memory = nullptr;
  }
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr && !watched.empty()) {
    const std::string_view content{static_cast<const char*>(memory), ::malloc_usable_size(memory)};
    if (content.find(watched) != std::string_view::npos) watched_seen = true;
  }
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size, 0);
}
void* operator new[](std::size_t size) {
  return allocate(size, 0);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete[](void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}

namespace florin_test {

AllocationCount::AllocationCount() noexcept : start_(allocation_count) {}
std::size_t AllocationCount::value() const noexcept {
  return allocation_count - start_;
}

FreedMemoryWatch::FreedMemoryWatch(std::string_view marker) noexcept {
  watched = marker;
  watched_seen = false;
}
FreedMemoryWatch::~FreedMemoryWatch() {
  watched = {};
}
bool FreedMemoryWatch::seen() const noexcept {
  return watched_seen;
}

}  // namespace florin_test
