// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>

#include "forked_child.hpp"

namespace florin_test::syscalls {

/// A thread that forks when another one asks, wherever that one stands.
class ForkingThread {
 public:
  /// \param work what the child does, which has this thread only.
  explicit ForkingThread(std::function<std::string()> work)
      : work_(std::move(work)), thread_([this] { run(); }) {}
  ForkingThread(const ForkingThread&) = delete;
  ForkingThread& operator=(const ForkingThread&) = delete;
  ~ForkingThread() { join(); }

  /// Forks. Blocks the calling thread meanwhile.
  void fork() {
    wanted_ = true;
    asked_.release();
    done_.acquire();
  }
  /// What the child has said; nothing: there was none.
  [[nodiscard]] std::optional<std::string> words() {
    join();
    if (!child_) return std::nullopt;
    return child_->words();
  }

 private:
  void run() {
    asked_.acquire();
    if (!wanted_) return;
    child_.emplace(work_);
    done_.release();
  }
  void join() {
    if (!thread_.joinable()) return;
    asked_.release();
    thread_.join();
  }

  std::function<std::string()> work_;
  bool wanted_ = false;
  std::counting_semaphore<> asked_{0};
  std::binary_semaphore done_{0};
  std::optional<ForkedChild> child_;
  std::thread thread_;
};

}  // namespace florin_test::syscalls
