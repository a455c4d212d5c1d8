// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <pthread.h>
#include <time.h>

namespace florin_test {

/// Ctrl-C and other wishes that the program may end: they wait until it asks, so that no call is
/// torn and what it has made can be removed. One object, made before any thread is.
class Interruption {
 public:
  Interruption() noexcept {
    sigemptyset(&signals_);
    for (const int each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, each);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    // A reader that has gone is no reason to leave customers behind.
    std::signal(SIGPIPE, SIG_IGN);
  }

  /// Whether the program is to end.
  [[nodiscard]] bool wanted() noexcept { return wait(std::chrono::milliseconds{0}); }
  /// Waits so long, or until the program is to end.
  /// \return whether it is to end.
  [[nodiscard]] bool wait(std::chrono::milliseconds time) noexcept {
    const timespec limit{.tv_sec = time.count() / 1000, .tv_nsec = time.count() % 1000 * 1'000'000};
    if (!wanted_) wanted_ = sigtimedwait(&signals_, nullptr, &limit) > 0;
    return wanted_;
  }

 private:
  sigset_t signals_{};
  bool wanted_ = false;
};

}  // namespace florin_test
