// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace florin_test::syscalls {

/// A thread that cancels a call some time after it is asked to. It is under test if the one that
/// makes this object is.
class Canceller {
 public:
  Canceller() : thread_([this] { run(); }) {}
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;
  ~Canceller() { finish(); }

  /// Has `cancel` called, unless `finish` comes first. Once only.
  void begin(std::function<void()> cancel) {
    const std::scoped_lock lock{mutex_};
    cancel_ = std::move(cancel);
    changed_.notify_one();
  }
  /// Nothing is cancelled from now on.
  void finish() {
    {
      const std::scoped_lock lock{mutex_};
      finished_ = true;
      changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }
  /// Whether the call has ended, so that what `cancel` waits for will not come.
  [[nodiscard]] bool finished() const noexcept { return finished_; }

 private:
  /// By then the request is under way.
  static constexpr std::chrono::milliseconds wait{60};

  void run() {
    std::function<void()> cancel;
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return finished_ || cancel_; });
      if (changed_.wait_for(lock, wait, [this] { return finished_.load(); })) return;
      cancel = std::move(cancel_);
    }
    cancel();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> cancel_;
  std::atomic<bool> finished_{false};
  std::thread thread_;
};

}  // namespace florin_test::syscalls
