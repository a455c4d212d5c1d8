// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "syscalls/disturbance.hpp"

namespace florin_test::syscalls {

/// From `start` to `stop` calls of the threads under test are counted and one is disturbed. One
/// object at a time in the program, which outlives those threads or their last call.
class Interception {
 public:
  /// \param at_fork called in the thread that is disturbed by `Kind::fork`.
  explicit Interception(const Disturbance& disturbance, std::function<void()> at_fork = {});
  Interception(const Interception&) = delete;
  Interception& operator=(const Interception&) = delete;
  ~Interception();

  /// Puts the calling thread under test, and those that it will start.
  static void watch_this_thread() noexcept;
  static void start() noexcept;
  /// What has begun to be disturbed has been when this returns.
  static void stop() noexcept;

  /// Whether what was to be disturbed has been.
  [[nodiscard]] static bool happened() noexcept;
  /// How often a call was made.
  [[nodiscard]] static std::size_t count(Call call) noexcept;

 private:
  std::function<void()> at_fork_;
};

}  // namespace florin_test::syscalls
