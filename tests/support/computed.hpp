// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <time.h>

namespace florin_test {

/// What this thread has computed so far: not what others made it wait.
inline std::chrono::nanoseconds computed() {
  ::timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace florin_test
