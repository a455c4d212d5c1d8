// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

namespace florin::net::detail {

/// A `T` that is never destroyed, for what other threads may use while the process ends. As a
/// `constinit` variable it also exists before everything else.
template <class T>
union Immortal {
  constexpr Immortal() noexcept : value{} {}
  Immortal(const Immortal&) = delete;
  Immortal& operator=(const Immortal&) = delete;
  ~Immortal() {}

  T value;
};

}  // namespace florin::net::detail
