// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <fstream>
#include <malloc.h>
#include <stdexcept>
#include <time.h>

#include <sys/resource.h>
#include <unistd.h>

namespace florin_bench {

/// CPU time of the process so far, in seconds.
[[nodiscard]] inline double cpu_seconds() {
  ::timespec now{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
    throw std::runtime_error{"no clock of CPU time"};
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Memory of the process that is resident now, in bytes.
[[nodiscard]] inline std::size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!(in >> total >> resident)) throw std::runtime_error{"cannot read /proc/self/statm"};
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Bytes that are allocated from the heap now, as the allocator counts them.
[[nodiscard]] inline std::size_t heap_bytes() noexcept {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Gives memory that is allocated no more back to the system, so that it is not resident.
inline void trim_heap() noexcept {
  ::malloc_trim(0);
}

/// Allows as many open files as the system permits; at least `needed`.
inline void raise_file_limit(::rlim_t needed) {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) throw std::runtime_error{"no limit of open files"};
  limit.rlim_cur = limit.rlim_max;
  if (limit.rlim_cur < needed || ::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    throw std::runtime_error{"too few open files are allowed"};
}

}  // namespace florin_bench
