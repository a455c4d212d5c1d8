// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>

namespace florin::net {

/// Decides when which of several addresses is tried (RFC 8305, section 5): the next one when an
/// attempt fails, or when the attempt delay has passed without a result; the first that connects
/// wins. Does no I/O and reads no clock: the driver tells it what happened and when.
class ConnectRace {
 public:
  /// What has to be done next.
  enum class Step : unsigned char {
    start,      ///< begin an attempt with the address `index`, then ask again
    wait,       ///< wait for an attempt to end, until `until` at most, then ask again
    connected,  ///< the attempt `index` has won: end all others
    failed,     ///< all have failed: see `error`
  };
  /// A step, and what belongs to it.
  struct Action {
    Step step = Step::wait;   ///< what has to be done
    std::size_t index = 0;    ///< of the address
    TimePoint until = never;  ///< of a wait: its end at the latest
  };

  /// A race of `count` addresses, the next one started after `delay`.
  ConnectRace(std::size_t count, std::chrono::milliseconds delay) noexcept
      : count_(count), delay_(clipped(delay)) {}

  /// What to do at `now`.
  [[nodiscard]] Action next(TimePoint now) noexcept {
    if (won_) return {Step::connected, winner_, now};
    if (started_ < count_) {
      if (running_ != 0 && !hurry_ && now < next_start_) return {Step::wait, 0, next_start_};
      hurry_ = false;
      ++running_;
      next_start_ = saturated(now, delay_);
      return {Step::start, started_++, now};
    }
    if (running_ != 0) return {Step::wait, 0, never};
    return {Step::failed, 0, now};
  }

  /// The attempt `index` has connected. Later reports of others change nothing.
  void succeeded(std::size_t index) noexcept {
    if (running_ != 0) --running_;
    if (won_) return;
    won_ = true;
    winner_ = index;
  }

  /// An attempt has failed with `ec`: the next address is tried at once.
  void failed(boost::system::error_code ec) noexcept {
    if (running_ != 0) --running_;
    if (!is_out_of_resources(error_)) error_ = ec;
    hurry_ = true;
  }

  /// The error of the last attempt that failed, or the first that lacked something on this machine;
  /// `host_not_found` when there was no address.
  [[nodiscard]] boost::system::error_code error() const noexcept { return error_; }

 private:
  std::size_t count_;
  Clock::duration delay_;
  std::size_t started_ = 0;
  std::size_t running_ = 0;
  std::size_t winner_ = 0;
  bool won_ = false;
  bool hurry_ = false;
  TimePoint next_start_{};
  boost::system::error_code error_ = boost::asio::error::host_not_found;
};

}  // namespace florin::net
