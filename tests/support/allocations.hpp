// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

/// The test program replaces the global `operator new` and `operator delete` (allocations.cpp), so
/// that tests can count allocations and look at memory as it is given back.
namespace florin_test {

/// Allocations of this thread since the object was made.
class AllocationCount {
 public:
  AllocationCount() noexcept;
  [[nodiscard]] std::size_t value() const noexcept;

 private:
  std::size_t start_;
};

/// While it lives: whether this thread gave back memory that still had `marker` in it. One at a
/// time in each thread; `marker` has to outlive it.
class FreedMemoryWatch {
 public:
  explicit FreedMemoryWatch(std::string_view marker) noexcept;
  FreedMemoryWatch(const FreedMemoryWatch&) = delete;
  FreedMemoryWatch& operator=(const FreedMemoryWatch&) = delete;
  ~FreedMemoryWatch();
  [[nodiscard]] bool seen() const noexcept;
};

}  // namespace florin_test
