// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

#include "support/sanitizers.hpp"

/// The test program replaces the global `operator new` and `operator delete` (allocations.cpp), so
/// that tests can count allocations and look at memory as it is given back. Under ThreadSanitizer,
/// whose own cannot be replaced, nothing is counted, seen or failed, and a case that asks for it is
/// told to be skipped, though the rest of it runs.
namespace florin_test {

/// Allocations of this thread since the object was made.
class AllocationCount {
 public:
  AllocationCount() noexcept;
  [[nodiscard]] std::size_t value() const noexcept;
  /// How many more this thread holds than then, if no other one gives back what it has allocated.
  [[nodiscard]] std::ptrdiff_t kept() const noexcept;

 private:
  std::size_t start_;
  std::ptrdiff_t kept_;
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

/// Whose allocations an `AllocationFailure` counts and makes fail.
enum class Allocations : unsigned char {
  of_this_thread,
  of_every_thread,
};

/// While it lives, allocations fail: `first` succeed, the `count` after them do not. Each of them
/// in turn: `for (std::size_t n = 0;; ++n) { AllocationFailure failure{n}; ...; if
/// (!failure.happened()) break; }`. One at a time in the program.
class AllocationFailure {
 public:
  explicit AllocationFailure(std::size_t first, Allocations whose = Allocations::of_this_thread,
                             std::size_t count = 1) noexcept;
  AllocationFailure(const AllocationFailure&) = delete;
  AllocationFailure& operator=(const AllocationFailure&) = delete;
  ~AllocationFailure();
  /// Whether an allocation has failed so far.
  [[nodiscard]] bool happened() const noexcept;
  /// Ends it early; `happened` stays true.
  void stop() noexcept;
};

#if FLORIN_TEST_TSAN
/// Whether the case that runs has asked for what is not there.
inline std::atomic<bool> lacks_allocations{false};

inline AllocationCount::AllocationCount() noexcept : start_(0), kept_(0) {
  lacks_allocations = true;
}
inline std::size_t AllocationCount::value() const noexcept {
  return start_;
}
inline std::ptrdiff_t AllocationCount::kept() const noexcept {
  return kept_;
}
inline FreedMemoryWatch::FreedMemoryWatch(std::string_view) noexcept {
  lacks_allocations = true;
}
inline FreedMemoryWatch::~FreedMemoryWatch() = default;
inline bool FreedMemoryWatch::seen() const noexcept {
  return false;
}
inline AllocationFailure::AllocationFailure(std::size_t, Allocations, std::size_t) noexcept {
  lacks_allocations = true;
}
inline AllocationFailure::~AllocationFailure() = default;
inline bool AllocationFailure::happened() const noexcept {
  return false;
}
inline void AllocationFailure::stop() noexcept {}
#endif

}  // namespace florin_test
