// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace florin_import {

/// Closed while the database or the processor is away: nobody begins anything then, but one at a
/// time who looks whether it is back.
class Gate {
 public:
  using Clock = std::chrono::steady_clock;

  /// Who may be away.
  enum class Side { directory, processor };

  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// Whether one may pass. Who passes a closed gate looks, and tells what he has seen.
  [[nodiscard]] bool pass(Clock::time_point now) noexcept {
    if (!closed_) return true;
    if (looking_ || now < next_) return false;
    return looking_ = true;
  }
  /// Somebody does not answer.
  /// \return whether that is news.
  bool close(Side side, Clock::time_point now) noexcept {
    const bool news = !closed_ || side_ != side;
    if (news) {
      pause_ = std::chrono::milliseconds{500};
    } else if (looking_) {
      pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, std::chrono::seconds{10});
    }
    closed_ = true;
    looking_ = false;
    side_ = side;
    next_ = now + pause_;
    failures_ = 0;
    return news;
  }
  /// Somebody has answered. That the directory has says nothing of the processor, which has not
  /// been asked then.
  /// \return whether it was closed and is open now.
  bool answered(Side side) noexcept {
    if (side == Side::processor) failures_ = 0;
    looking_ = false;
    if (!closed_ || side_ > side) return false;
    closed_ = false;
    return true;
  }
  /// The processor did not answer.
  /// \return how often that was so since it did last.
  std::size_t failed() noexcept {
    looking_ = false;
    return ++failures_;
  }

 private:
  bool closed_ = false;
  bool looking_ = false;
  Side side_ = Side::directory;
  Clock::time_point next_{};
  std::chrono::milliseconds pause_{0};
  std::size_t failures_ = 0;
};

}  // namespace florin_import
