// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace florin::testing {

/// One way in which a `Sandbox` misbehaves towards a request. A plain aggregate:
/// `sandbox.fault({.kind = Fault::Kind::truncate, .store = true, .bytes = 40})`.
struct Fault {
  /// What happens.
  enum class Kind {
    none,               ///< behaves; lets a later fault in the queue wait its turn
    delay,              ///< waits `delay`, then answers
    late,               ///< waits `delay`, then executes, even if the peer has gone, and answers
    reset_before_read,  ///< resets the connection (RST) at the request's first byte, or once more
                        ///< than `bytes` bytes of it are there; never executes
    reset_after,        ///< sends the first `bytes` bytes of the answer, then resets
    truncate,           ///< the same, then an orderly end (close_notify and FIN)
    rate_limited,       ///< answers 429 (or `status`), with Retry-After if given; never executes
    server_error,       ///< answers 500 (or `status`)
    garbage,            ///< answers 200 (or `status`) with `body`, which is not what was promised
    close_after,        ///< answers, promises keep-alive, and closes
    silent,             ///< never answers; holds the connection until the peer or sandbox closes
    not_http,           ///< sends `body`, which is no HTTP message, and closes
    continue_100,       ///< sends `100 Continue` (unasked) before the answer
    slow,               ///< sends the answer byte by byte, with `delay` between two bytes
    chunked,            ///< sends the answer's body in chunks of `bytes` (0: 7) bytes
    wrong_length,       ///< announces `bytes` (0: 1) bytes of the body less than it sends
    abandon,            ///< resets at once, and executes for as long as `delay`: meanwhile the
                        ///< idempotency key is in use
  };

  Kind kind = Kind::none;  ///< what happens
  /// Whether the request is executed, so that the customer exists, although the client does not
  /// learn it: the lost answer against the lost request. Heeded by reset_after, truncate,
  /// server_error, garbage, silent, not_http and abandon; without it the answer that is cut short
  /// is a server error. For delay: true waits after the execution, the idempotency key being in use
  /// all the while; false waits before it, and executes only if the peer is still there.
  bool store = false;
  /// server_error only: the execution itself ends in this answer, which the request's idempotency
  /// key replays from then on. (`store` still says whether a customer exists.)
  bool remember = false;
  /// See the kinds: bytes of a request, of an answer or of its body.
  std::size_t bytes = 0;
  /// Waited before anything is sent; for slow, between two bytes.
  std::chrono::milliseconds delay{0};
  /// 0: the kind's own.
  int status = 0;
  /// Value of a Retry-After header: seconds or a date, or nonsense.
  std::optional<std::string> retry_after{};
  /// More header fields for the answers of rate_limited, server_error and garbage.
  std::vector<std::pair<std::string, std::string>> headers{};
  /// For garbage and not_http; empty: an example of its kind.
  std::string body{};
  /// To how many requests it happens.
  int times = 1;
};

/// Faults by chance: each request meets at most one of these, each with its own probability. The
/// probabilities must not sum up to more than 1; what is left is the chance of no fault.
struct FaultMix {
  /// A fault and its chance.
  struct Share {
    double probability = 0;  ///< from 0 to 1, for each request
    Fault fault{};           ///< what happens then
  };
  std::vector<Share> shares{};  ///< the faults that there are
};

}  // namespace florin::testing
