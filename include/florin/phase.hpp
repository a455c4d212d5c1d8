// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace florin {

/// The parts of a call whose durations are measured, in the order in which they first happen.
enum class Phase : unsigned char {
  queue,      ///< waiting for a free connection of the pool
  resolve,    ///< host name to addresses
  connect,    ///< TCP connection
  proxy,      ///< HTTP CONNECT exchange with a proxy
  handshake,  ///< TLS handshake
  token,      ///< token exchange with the processor, before the call itself
  write,      ///< sending the request
  read,       ///< from the last byte sent to the last byte of the answer
  backoff,    ///< waiting before a retry
};

/// How many phases there are.
inline constexpr std::size_t phase_count = 9;

/// The snake_case name of a phase, e.g. `"handshake"`.
constexpr std::string_view to_string(Phase phase) noexcept {
  constexpr std::array<std::string_view, phase_count> names{
      "queue", "resolve", "connect", "proxy", "handshake", "token", "write", "read", "backoff"};
  return names[static_cast<std::size_t>(phase)];
}

/// Time spent in each phase, summed over all attempts of one call.
class Timings {
 public:
  using Duration = std::chrono::steady_clock::duration;  ///< of the steady clock

  /// Time spent in `phase`; zero when the phase did not happen.
  [[nodiscard]] constexpr Duration operator[](Phase phase) const noexcept {
    return spent_[static_cast<std::size_t>(phase)];
  }

  /// Adds `duration` to `phase`.
  constexpr void add(Phase phase, Duration duration) noexcept {
    spent_[static_cast<std::size_t>(phase)] += duration;
  }

  /// Adds what another call has spent.
  constexpr void add(const Timings& other) noexcept {
    for (std::size_t i = 0; i < phase_count; ++i) spent_[i] += other.spent_[i];
  }

  /// Sum over all phases.
  [[nodiscard]] constexpr Duration total() const noexcept {
    Duration sum{};
    for (auto part : spent_) sum += part;
    return sum;
  }

 private:
  std::array<Duration, phase_count> spent_{};
};

}  // namespace florin
