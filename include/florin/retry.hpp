// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>

#include <chrono>
#include <optional>

namespace florin {

/// When a failed call is repeated.
struct RetryOptions {
  /// At most this many repetitions; 0: none. Not counted: what is sent again over a new connection
  /// because a kept one had gone stale, and with a new access token because the old one was
  /// refused.
  int retries = 2;
  std::chrono::milliseconds first_backoff{200};      ///< before the first; doubled for each further
  std::chrono::milliseconds longest_backoff{5'000};  ///< the doubling stops here
};

/// Decides after each failed attempt whether the call is repeated and what its outcome is then.
/// Pure: no clock, no randomness, no I/O; both drivers of `Client` run it.
///
/// An attempt is repeated only where that cannot make a second customer: when no byte of the
/// request was written, or when the processor recognises the key that is sent again.
class RetryMachine {
 public:
  using Clock = std::chrono::steady_clock;  ///< never set back

  RetryMachine() noexcept = default;
  /// \param options how often, and how long to wait.
  /// \param idempotent whether the processor recognises the request's key.
  /// \param deadline no repetition begins then or later.
  RetryMachine(const RetryOptions& options, bool idempotent,
               Clock::time_point deadline = net::never) noexcept
      : options_(options), idempotent_(idempotent), deadline_(deadline) {}
  /// No repetition begins at `deadline` or later.
  void expires_at(Clock::time_point deadline) noexcept { deadline_ = deadline; }

  /// Requests begun so far.
  [[nodiscard]] int attempts() const noexcept { return attempts_; }
  /// Whether an earlier attempt may have made the customer.
  [[nodiscard]] bool in_doubt() const noexcept { return in_doubt_; }
  /// An attempt begins.
  void begin() noexcept { ++attempts_; }
  /// An attempt begins because the last one's access token was refused: that is no repetition of a
  /// failure, so it takes none of those that are allowed.
  void begin_renewed() noexcept {
    ++attempts_;
    ++uncounted_;
  }

  /// Corrects the outcome of a failure by what earlier attempts of the call left behind.
  FLORIN_DECL void correct(Error& error) noexcept;

  /// An attempt failed.
  /// \param error what went wrong; its outcome is corrected by what earlier attempts left behind.
  /// \param sent whether a byte of the request may have reached the processor.
  /// \param stale whether a connection from the pool broke before any byte of an answer came: most
  /// likely the peer had closed it. The next attempt has to be over a new one; it need not wait and
  /// is no repetition that counts, unless the last attempt was stale as well.
  /// \param now when it failed.
  /// \param jitter a random number in [0, 1).
  /// \return when to try again; nothing: give up, `error` is final.
  FLORIN_DECL std::optional<Clock::time_point> failed(Error& error, bool sent, bool stale,
                                                      Clock::time_point now,
                                                      double jitter) noexcept;

 private:
  /// Whether the answer also tells what became of earlier attempts with the same key. One that may
  /// be a gateway's tells nothing about what others have passed on.
  [[nodiscard]] FLORIN_DECL bool settles(const Error& error) const noexcept;
  [[nodiscard]] FLORIN_DECL Clock::duration backoff(const Error& error, int counted,
                                                    double jitter) const noexcept;

  RetryOptions options_{};
  bool idempotent_ = false;
  bool in_doubt_ = false;
  int attempts_ = 0;
  int uncounted_ = 0;
  bool stale_ = false;
  Clock::time_point deadline_{};
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/retry.ipp>
#endif
