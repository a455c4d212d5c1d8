// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <pthread.h>
#include <thread>
#include <utility>

namespace florin::net::detail {

/// While one exists no other thread forks: for short work with locks that are not florin's, which a
/// child would find locked for ever by a thread that it does not have. Whoever forks waits until
/// all are gone, and whoever makes one until the fork is over, each for a second at most: then what
/// holds the other one up is stuck. One thread may have several.
///
/// Thread safety: may be made on any thread, and is destroyed there.
class ForkHold {
 public:
  ForkHold() noexcept {
    if (depth_++ == 0) enter();
  }
  ForkHold(const ForkHold&) = delete;
  ForkHold& operator=(const ForkHold&) = delete;
  ~ForkHold() {
    if (--depth_ == 0) leave();
  }

  /// While one exists others may fork all the same: for what waits, with no such lock held.
  class Break {
   public:
    Break() noexcept : depth_(std::exchange(ForkHold::depth_, 0)) {
      if (depth_ != 0) leave();
    }
    Break(const Break&) = delete;
    Break& operator=(const Break&) = delete;
    ~Break() {
      if (depth_ != 0) enter();
      ForkHold::depth_ = depth_;
    }

   private:
    int depth_;
  };

 private:
  static void enter() noexcept {
    if (!watches_.load(std::memory_order_acquire)) watch();
    // Either this sees that somebody forks, or he sees this.
    holders_.fetch_add(1, std::memory_order_seq_cst);
    if (somebody_forks()) [[unlikely]]
      let_fork();
  }
  static void leave() noexcept { holders_.fetch_sub(1, std::memory_order_release); }

  static bool somebody_forks() noexcept { return forking_.load(std::memory_order_seq_cst) > 0; }
  [[gnu::cold]] static void let_fork() noexcept {
    wait_until([] { return !somebody_forks(); },
               [] {
                 leave();
                 pause();
                 holders_.fetch_add(1, std::memory_order_seq_cst);
               });
  }
  /// Several threads may do so at the same time: a fork counts more than once then.
  [[gnu::cold]] static void watch() noexcept {
    static_cast<void>(::pthread_atfork(&prepare, &go_on, &begin_child));
    watches_.store(true, std::memory_order_release);
  }
  static void prepare() {
    forking_.fetch_add(1, std::memory_order_seq_cst);
    wait_until([] { return holders_.load(std::memory_order_seq_cst) <= own(); }, &pause);
  }
  static void go_on() {
    // Before glibc 2.36 it may be called of a fork that had begun before `watch`.
    int count = forking_.load(std::memory_order_seq_cst);
    while (count > 0 && !forking_.compare_exchange_weak(count, count - 1)) continue;
  }
  static void begin_child() {
    forking_ = 0;
    holders_ = own();
  }
  /// This thread, if it holds.
  static int own() noexcept { return depth_ != 0 ? 1 : 0; }

  template <class Condition, class Wait>
  static void wait_until(Condition condition, Wait wait) noexcept {
    constexpr int longest = 1'000;
    const int before = errno;
    for (int i = 0; i < longest && !condition(); ++i) wait();
    errno = before;
  }
  static void pause() noexcept { std::this_thread::sleep_for(std::chrono::milliseconds{1}); }

  static inline constinit thread_local int depth_ = 0;
  static inline constinit std::atomic<int> holders_{0};  // threads
  static inline constinit std::atomic<int> forking_{0};  // threads
  static inline constinit std::atomic<bool> watches_{false};
};

}  // namespace florin::net::detail
