// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "syscalls/call.hpp"

namespace florin_test::syscalls {

/// What becomes of one call, or of all of a kind.
struct Disturbance {
  enum class Kind : unsigned char {
    none,     ///< calls are only counted
    fail,     ///< the call does nothing and fails; a close closes, a connect goes on after EINTR
    shorten,  ///< one byte is moved
    shorten_all,     ///< every call that moves bytes moves one
    fail_alternate,  ///< every other call that may fail so does, beginning with the first
    end,             ///< the peer has ended the connection
    signal_before,   ///< a signal that has a handler arrives
    signal_after,
    fork,  ///< another thread forks meanwhile
  };
  Kind kind = Kind::none;
  Failure failure{};
  Call call = Call::socket;
  std::size_t occurrence = 0;  ///< which of the calls of this name, from 0

  [[nodiscard]] std::string_view name() const noexcept {
    switch (kind) {
      case Kind::none:
        return "nothing";
      case Kind::fail:
        return failure.name;
      case Kind::shorten:
        return "one byte";
      case Kind::shorten_all:
        return "one byte each time";
      case Kind::fail_alternate:
        return failure.name;
      case Kind::end:
        return "end";
      case Kind::signal_before:
        return "signal before";
      case Kind::signal_after:
        return "signal after";
      case Kind::fork:
        return "fork";
    }
    return "";
  }
  /// Whether the call that is disturbed has to succeed, without another attempt.
  [[nodiscard]] bool harmless() const noexcept {
    return kind == Kind::fail ? failure.harmless : kind != Kind::end;
  }
  /// Whether all calls are meant, not that one.
  [[nodiscard]] bool general() const noexcept {
    return kind == Kind::shorten_all || kind == Kind::fail_alternate;
  }
};

}  // namespace florin_test::syscalls
