// SPDX-License-Identifier: Apache-2.0
#pragma once

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

  /// Has `cancel` called when `under_way` has been true for a while, unless `finish` comes first.
  /// Once only.
  void begin(std::function<bool()> under_way, std::function<void()> cancel) {
    const std::scoped_lock lock{mutex_};
    under_way_ = std::move(under_way);
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

 private:
  /// By then the request has been sent.
  static constexpr std::chrono::milliseconds wait{60};

  void run() {
    std::unique_lock lock{mutex_};
    const auto finished = [this] { return finished_; };
    changed_.wait(lock, [this] { return finished_ || cancel_; });
    while (!finished_ && !under_way_()) changed_.wait_for(lock, wait / 20, finished);
    if (changed_.wait_for(lock, wait, finished)) return;
    lock.unlock();
    cancel_();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<bool()> under_way_;
  std::function<void()> cancel_;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace florin_test::syscalls
