// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

namespace florin::detail {

/// What a thread has one of, made at its first use and destroyed with the thread.
/// \param make returns it; each type of this has one of its own.
/// \return null: it is gone already, and asked for by what ends after it.
template <class Make>
[[nodiscard]] auto of_thread(Make make) -> decltype(make())* {
  static thread_local bool gone = false;
  struct Kept {
    decltype(make()) value;
    explicit Kept(Make& how) : value(how()) {}
    ~Kept() { gone = true; }
  };
  if (gone) [[unlikely]]
    return nullptr;
  static thread_local Kept kept{make};
  return &kept.value;
}

}  // namespace florin::detail
