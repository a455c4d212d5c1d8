// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include <sys/socket.h>

namespace florin::detail {

class EstablishingTurn;

/// What a call shares with others who may end what it is doing, on any thread: the timer that
/// breaks its connection, and who cancels it. It holds nothing of the client's, so whoever has it
/// last may be late.
struct CallWatch {
  const unsigned process = net::detail::process_number();
  /// What is waited for is there. Set under `mutex`; cleared without it, before anybody may set it.
  std::atomic<bool> granted{false};
  std::mutex mutex;  // for all below, as far as nothing else is said
  std::condition_variable woken;
  std::uint64_t turn = 0;
  std::uint64_t call = 0;  ///< tells one call from the next that has this object
  net::Stream* guarded = nullptr;
  boost::asio::steady_timer* timer = nullptr;
  bool expired = false;
  bool cancelled = false;

  /// Held by whoever begins, continues or cancels an establishment.
  std::mutex establishing;
  /// Who holds it, unless it is cancelled just now. Guarded by `establishing`.
  EstablishingTurn* current = nullptr;
  /// Cancels the establishment. Guarded by `establishing`.
  boost::asio::cancellation_signal establishment;

  /// Whether it is the parent's: a thread that is not here may hold the mutexes.
  [[nodiscard]] bool inherited() const noexcept { return process != net::detail::process_number(); }
  /// The deadline has passed: what the stream is doing ends.
  void expire(std::uint64_t since) noexcept {
    if (inherited()) return break_inherited();
    const std::scoped_lock lock{mutex};
    if (turn != since || guarded == nullptr) return;
    expired = true;
    ::shutdown(guarded->native_handle(), SHUT_RDWR);
  }
  /// A call begins.
  /// \return what `cancel` has to be told.
  [[nodiscard]] std::uint64_t enter() noexcept {
    const std::scoped_lock lock{mutex};
    cancelled = false;
    return ++call;
  }
  /// What `cancel` has to be told of the call that has begun.
  [[nodiscard]] std::uint64_t current_call() noexcept {
    const std::scoped_lock lock{mutex};
    return call;
  }
  /// The call is over: nobody can cancel it any more.
  void leave() noexcept {
    const std::scoped_lock lock{mutex};
    ++call;
    timer = nullptr;
  }
  /// Somebody is about to cancel the call: it begins nothing more.
  void warn(std::uint64_t which) noexcept {
    if (inherited()) return;
    const std::scoped_lock lock{mutex};
    if (call == which) cancelled = true;
  }
  /// Somebody cancels the call: what it waits for ends.
  void cancel(std::uint64_t which) noexcept {
    if (inherited()) return break_inherited();
    {
      const std::scoped_lock lock{mutex};
      if (call != which) return;
      cancelled = true;
      if (guarded != nullptr) ::shutdown(guarded->native_handle(), SHUT_RDWR);
      if (timer != nullptr) timer->cancel();
      woken.notify_one();
    }
    const std::scoped_lock turns{establishing};
    {
      const std::scoped_lock lock{mutex};
      if (call != which) return;
    }
    establishment.emit(boost::asio::cancellation_type::terminal);
  }
  /// Ends the caller's turn in the establishment. To be called within one.
  inline void end_turn() noexcept;
  /// The call's end in a child.
  void forget() noexcept {
    const std::unique_lock lock{mutex, std::try_to_lock};
    if (!lock) return;
    guarded = nullptr;
    timer = nullptr;
  }

 private:
  /// A shutdown would break the parent's connection.
  void break_inherited() noexcept {
    const std::unique_lock lock{mutex, std::try_to_lock};
    if (!lock) return;
    if (guarded != nullptr) guarded->cancel();
    if (timer != nullptr) timer->cancel();
  }
};

}  // namespace florin::detail
