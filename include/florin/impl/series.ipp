// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/series.hpp>

#include <chrono>

namespace florin::detail {

FLORIN_DECL std::chrono::milliseconds left_until(net::TimePoint deadline) noexcept {
  return std::chrono::ceil<std::chrono::milliseconds>(net::left_until(deadline));
}

FLORIN_DECL Error no_memory_for(const ClientCore& core, bool begun) {
  Error error = no_memory(core);
  if (begun) error.outcome = Outcome::unknown;
  return error;
}

}  // namespace florin::detail
