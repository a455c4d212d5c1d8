// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/phase.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace florin {

/// A phase of an attempt ended. Holds no data of the request.
struct PhaseEvent {
  std::string_view connector;                    ///< the policy's name
  std::string_view operation;                    ///< e.g. `"create"`
  Phase phase;                                   ///< which one
  std::chrono::steady_clock::duration duration;  ///< how long it took
  int attempt;                                   ///< from 1
  bool failed;                                   ///< whether the attempt ended here
  void* user_data = nullptr;                     ///< the call's, see `CallOptions`
};

/// A call ended. Holds no data of the request.
struct CallEvent {
  std::string_view connector;  ///< the policy's name
  std::string_view operation;  ///< e.g. `"create"`
  std::optional<Errc> error;   ///< empty: success
  Outcome outcome;             ///< whether what was asked for is so
  int http_status;             ///< 0: no answer
  int attempts;                ///< requests begun
  Timings timings;             ///< time by phase, all attempts
  void* user_data = nullptr;   ///< the call's, see `CallOptions`
};

/// Satisfied by types that a `Client` reports to. The members are called on the thread that drives
/// the call, possibly from several threads at once; they must not throw and must not block. The
/// client keeps a copy: let it hold a pointer to where the figures go.
template <class T>
concept CallObserver = requires(T& observer, const PhaseEvent& phase, const CallEvent& call) {
  observer.on_phase(phase);
  observer.on_call(call);
};

/// Observes nothing, at no cost.
struct NoObserver {
  /// Does nothing.
  static constexpr void on_phase(const PhaseEvent&) noexcept {}
  /// Does nothing.
  static constexpr void on_call(const CallEvent&) noexcept {}
};

}  // namespace florin
