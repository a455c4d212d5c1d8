// SPDX-License-Identifier: Apache-2.0
#include "support/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

thread_local std::size_t allocation_count = 0;
thread_local std::ptrdiff_t kept_count = 0;
thread_local std::string_view watched{};
thread_local bool watched_seen = false;

// Failures: off, or of one thread, or of all.
std::atomic<bool> failing{false};
std::atomic<bool> has_failed{false};
std::atomic<bool> every_thread_fails{false};
thread_local bool this_thread_fails = false;
std::atomic<std::size_t> until_failure{0};
std::atomic<std::size_t> failures_left{0};

bool has_to_fail() noexcept {
  if (!failing.load(std::memory_order_acquire)) return false;
  if (!this_thread_fails && !every_thread_fails) return false;
  std::size_t left = until_failure;
  while (left != 0)
    if (until_failure.compare_exchange_weak(left, left - 1)) return false;
  left = failures_left;
  while (left != 0)
    if (failures_left.compare_exchange_weak(left, left - 1)) return has_failed = true;
  return false;
}

void* allocate_or_null(std::size_t size, std::size_t alignment) noexcept {
  ++allocation_count;
  if (has_to_fail()) return nullptr;
  if (size == 0) size = 1;
  void* memory = nullptr;
  if (alignment <= alignof(std::max_align_t)) {
    memory = std::malloc(size);
  } else if (::posix_memalign(&memory, alignment, size) != 0) {
    memory = nullptr;
  }
  if (memory != nullptr) ++kept_count;
  return memory;
}

void* allocate(std::size_t size, std::size_t alignment) {
  void* const memory = allocate_or_null(size, alignment);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) --kept_count;
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
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, 0);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate_or_null(size, 0);
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

AllocationCount::AllocationCount() noexcept : start_(allocation_count), kept_(kept_count) {}
std::size_t AllocationCount::value() const noexcept {
  return allocation_count - start_;
}
std::ptrdiff_t AllocationCount::kept() const noexcept {
  return kept_count - kept_;
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

AllocationFailure::AllocationFailure(std::size_t first, Allocations whose,
                                     std::size_t count) noexcept {
  has_failed = false;
  this_thread_fails = true;
  every_thread_fails = whose == Allocations::of_every_thread;
  until_failure = first;
  failures_left = count;
  failing.store(true, std::memory_order_release);
}
AllocationFailure::~AllocationFailure() {
  stop();
}
bool AllocationFailure::happened() const noexcept {
  return has_failed;
}
void AllocationFailure::stop() noexcept {
  failing.store(false, std::memory_order_release);
  this_thread_fails = false;
}

}  // namespace florin_test
