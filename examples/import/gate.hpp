// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

namespace florin_import {

/// Closed while the database or the processor is away: nobody begins anything then, but one at a
/// time who looks whether it is back.
class Gate {
 public:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// Why it is closed.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  /// Whether one may pass. Who passes a closed gate is the one who looks, until he tells.
  [[nodiscard]] bool pass(Clock::time_point now) noexcept {
    if (!closed_) return true;
    if (looking_ || now < next_) return false;
    return looking_ = true;
  }
  /// Something is away.
  /// \return whether that is news.
  bool close(std::string_view reason, Clock::time_point now) {
    const bool news = !closed_ || reason_ != reason;
    if (!closed_) {
      pause_ = std::chrono::milliseconds{500};
    } else if (looking_) {
      pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, std::chrono::seconds{10});
    }
    closed_ = true;
    looking_ = false;
    next_ = now + pause_;
    reason_ = reason;
    failures_ = 0;
    return news;
  }
  /// Something has answered.
  /// \return whether it was closed.
  bool open() noexcept {
    const bool news = closed_;
    closed_ = looking_ = false;
    failures_ = 0;
    return news;
  }
  /// Something did not answer.
  /// \return how often that was so since something did last.
  std::size_t failed() noexcept { return ++failures_; }

 private:
  bool closed_ = false;
  bool looking_ = false;
  std::string reason_{};
  Clock::time_point next_{};
  std::chrono::milliseconds pause_{0};
  std::size_t failures_ = 0;
};

}  // namespace florin_import
