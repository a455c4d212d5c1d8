// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "count.hpp"
#include "printable.hpp"
#include "tally.hpp"

namespace florin_import {

/// What is told on standard error while it goes on: on a terminal a line that is written again and
/// again, else a line a minute.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  /// How often `tick` is to be called.
  [[nodiscard]] static constexpr std::chrono::milliseconds period() {
    return std::chrono::milliseconds{250};
  }
  /// Says a sentence, above the line.
  void say(std::string_view text) {
    clear();
    std::fprintf(stderr, "florin-import: %s\n", printable(text).c_str());
    draw();
  }
  /// Customers per second of late.
  [[nodiscard]] double rate() const noexcept { return rate_; }

  /// How far the check has come.
  void checked(std::uint64_t bytes, std::uint64_t of, std::uint64_t lines, std::uint64_t bad) {
    std::string text = "checking: " + grouped(lines) + " lines, " + percent(bytes, of);
    if (bad != 0) text += ", " + grouped(bad) + " with faults";
    show(std::move(text));
  }
  /// How far the import has come.
  /// \param state what is to be said of it besides; empty: nothing.
  void tick(const Tally& tally, std::string_view state) {
    measure(tally.done());
    std::string text = grouped(tally.done()) + " of " + grouped(tally.lines) + ", " +
                       percent(tally.done(), tally.lines) + ", " +
                       grouped(static_cast<std::uint64_t>(rate_ + 0.5)) + "/s";
    const auto left = tally.lines - std::min(tally.done(), tally.lines);
    if (rate_ >= 0.1 && left != 0)
      text += ", " + in_words(static_cast<std::uint64_t>(static_cast<double>(left) / rate_) + 1) +
              " left";
    text += " | created " + grouped(tally.created + tally.replayed) + ", existed " +
            grouped(tally.existed + tally.known);
    if (const auto count = Tally::sum(tally.refused)) text += ", refused " + grouped(count);
    if (const auto count = Tally::sum(tally.failed)) text += ", failed " + grouped(count);
    if (const auto count = Tally::sum(tally.unknown)) text += ", unknown " + grouped(count);
    if (!state.empty()) text.append(" | ").append(state);
    show(std::move(text));
  }
  /// Shows the last line even where none is due: somebody has asked.
  void now() {
    due_ = {};
    draw();
  }
  /// Takes the line away from the terminal.
  void clear() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
  }
  /// The line is of no use any more.
  void forget() {
    clear();
    line_.clear();
  }

 private:
  [[nodiscard]] static std::string percent(std::uint64_t part, std::uint64_t of) {
    const std::uint64_t tenths =
        of == 0 ? 1000
                : static_cast<std::uint64_t>(1000.0 * static_cast<double>(std::min(part, of)) /
                                             static_cast<double>(of));
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " %";
  }
  /// The rate over ten seconds.
  void measure(std::uint64_t done) {
    const auto now = Clock::now();
    seen_.emplace_back(now, done);
    while (seen_.size() > 2 && seen_.front().first + std::chrono::seconds{10} < now)
      seen_.pop_front();
    const std::chrono::duration<double> span = now - seen_.front().first;
    if (span.count() > 0) rate_ = static_cast<double>(done - seen_.front().second) / span.count();
  }
  void show(std::string text) {
    line_ = std::move(text);
    draw();
  }
  void draw() {
    if (line_.empty()) return;
    if (terminal_) {
      ::winsize size{};
      std::size_t width = 80;
      if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) width = size.ws_col;
      std::fprintf(stderr, "\r%s\x1b[K", line_.substr(0, width - 1).c_str());
      drawn_ = true;
      return;
    }
    const auto now = Clock::now();
    if (now < due_) return;
    std::fprintf(stderr, "florin-import: %s\n", line_.c_str());
    due_ = now + std::chrono::minutes{1};
  }

  bool terminal_;
  bool drawn_ = false;
  std::string line_{};
  Clock::time_point due_ = Clock::now() + std::chrono::minutes{1};
  std::deque<std::pair<Clock::time_point, std::uint64_t>> seen_{};
  double rate_ = 0;
};

}  // namespace florin_import
