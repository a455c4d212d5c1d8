// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// The program replaces `malloc` and its relatives (allocations.cpp), so that allocations are
/// counted exactly, whoever makes them: `operator new`, OpenSSL, libcurl, the C library.
namespace florin_bench {

/// Allocations of one thread.
struct Allocations {
  std::uint64_t all = 0;
  std::uint64_t openssl = 0;  ///< those of them that OpenSSL asked for
};

/// Those that this thread has made so far.
[[nodiscard]] Allocations allocations() noexcept;

/// Has OpenSSL's allocations told apart. Call before anything uses OpenSSL.
/// \return false: it was too late.
[[nodiscard]] bool watch_openssl() noexcept;

/// From now on each allocation of this thread is shown on standard error with who made it.
void show_allocations(bool show) noexcept;

}  // namespace florin_bench
