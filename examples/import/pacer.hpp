// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <set>

namespace florin_import {

/// When the next customer may be asked for: as fast as the user allows, and no faster than the
/// processor takes it. Each gets a time of its own; a time that was not needed is given back.
///
/// When the processor asks to slow down, the rate is cut to two thirds of what was reached, at most
/// once a second; every second without that gives a tenth of it back.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  /// \param most customers per second; 0: any number.
  explicit Pacer(double most) : most_(most), rate_(most) {}

  /// The rate that is kept now; 0: any.
  [[nodiscard]] double rate() const noexcept { return rate_; }
  /// Whether that is less than what the user allows.
  [[nodiscard]] bool slowed() const noexcept { return rate_ != most_; }
  /// The time of the next customer.
  [[nodiscard]] Time take(Time now) {
    recover(now);
    if (now < not_before_) now = not_before_;
    if (rate_ == 0) return now;
    returned_.erase(returned_.begin(), returned_.lower_bound(now));
    if (!returned_.empty()) {
      const Time time = *returned_.begin();
      returned_.erase(returned_.begin());
      return time;
    }
    const Time time = std::max(next_, now);
    next_ = time +
            std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{1 / rate_});
    return time;
  }
  /// How long the processor wants nothing at all.
  [[nodiscard]] Clock::duration pause(Time now) const noexcept {
    return std::max(not_before_ - now, Clock::duration{0});
  }
  /// That time was not needed: the processor was not asked.
  void give_back(Time time) {
    if (rate_ != 0) returned_.insert(time);
  }
  /// What was asked for does not count any more.
  void forget() noexcept {
    rate_ = most_;
    not_before_ = {};
  }
  /// The processor asks to slow down.
  /// \param reached the rate of late. \param pause for which it wants nothing at all.
  /// \return whether it does.
  bool strain(Time now, double reached, std::chrono::milliseconds pause) {
    not_before_ = std::max(not_before_, now + pause);
    if (now < strained_ + std::chrono::seconds{1}) return false;
    strained_ = recovered_ = now;
    const double from = rate_ == 0 ? reached : std::min(rate_, std::max(reached, 1.0));
    rate_ = std::max(from * 2 / 3, 1.0);
    if (most_ != 0) rate_ = std::min(rate_, most_);
    returned_.clear();
    next_ = std::max(now, not_before_);
    peak_ = std::max(peak_, from);
    return true;
  }

 private:
  void recover(Time now) {
    while (slowed() && recovered_ + std::chrono::seconds{1} <= now) {
      recovered_ += std::chrono::seconds{1};
      rate_ *= 1.1;
      if (most_ != 0) {
        rate_ = std::min(rate_, most_);
      } else if (rate_ > 4 * peak_) {
        rate_ = 0;  // what it was slowed down for is long over
      }
    }
  }

  double most_;
  double rate_;
  double peak_ = 1;
  Time next_{};
  Time not_before_{};
  Time strained_{};
  Time recovered_{};
  std::multiset<Time> returned_{};
};

}  // namespace florin_import
