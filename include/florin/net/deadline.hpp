// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <chrono>

namespace florin::net {

/// The clock of all deadlines: never set back, not a time of day.
using Clock = std::chrono::steady_clock;

/// A point in time on `Clock`.
using TimePoint = Clock::time_point;

/// A deadline that never passes.
inline constexpr TimePoint never = TimePoint::max();

/// `duration` on `Clock`, or the nearest that can be represented.
constexpr Clock::duration clipped(std::chrono::milliseconds duration) noexcept {
  constexpr auto most =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::duration::max());
  if (duration > most || duration < -most) [[unlikely]]
    return duration > most ? most : -most;
  return duration;
}

/// `now + duration`, or `never` (`TimePoint::min()`) where the sum cannot be represented.
constexpr TimePoint saturated(TimePoint now, Clock::duration duration) noexcept {
  if (duration > Clock::duration::zero()) [[likely]]
    return now > never - duration ? never : now + duration;
  return now < TimePoint::min() - duration ? TimePoint::min() : now + duration;
}

/// When what begins now and may take so long has to be over.
inline TimePoint ends_after(std::chrono::milliseconds limit) noexcept {
  return saturated(Clock::now(), clipped(limit));
}

/// What is left until `deadline`; zero once it has passed, however long ago.
inline Clock::duration left_until(TimePoint deadline) noexcept {
  const auto now = Clock::now();
  return deadline > now ? deadline - now : Clock::duration::zero();
}

}  // namespace florin::net
