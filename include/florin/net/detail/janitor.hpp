// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/immortal.hpp>
#include <florin/net/detail/list.hpp>
#include <florin/net/detail/thread.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <pthread.h>

namespace florin::net::detail {

/// Looks after things from time to time, on one thread of the library's own that all of a process
/// share. It is started for the first one and sleeps without a limit while there is none.
///
/// Thread safety: the static members may be called from any thread.
class Janitor {
 public:
  /// Something to be looked after.
  class Charge : private Link<Charge> {
   public:
    /// Called on the janitor's thread, with its lock held.
    /// \return when to come again; `never`: not until the next `watch`.
    virtual TimePoint tidy(TimePoint now) noexcept = 0;

   protected:
    virtual ~Charge() = default;

   private:
    friend class Janitor;
    friend class List<Charge>;
    TimePoint due_{};
    unsigned process_ = 0;
  };

  /// Looks after `charge` from `due` on. Where no thread can be had, nobody does.
  static void watch(Charge& charge, TimePoint due) noexcept {
    try {
      janitors.value.get([](const Janitor*) { return std::make_unique<Janitor>(); })
          .add(charge, due);
    } catch (const std::exception&) {
      return;  // no memory: as without a thread
    }
  }
  /// Looks after `charge` no more. When this returns it is not being looked after.
  static void forget(Charge& charge) noexcept {
    if (charge.process_ != process_number()) return;  // the parent's, or never watched
    if (Janitor* const janitor = janitors.value.find()) {
      const std::scoped_lock lock{janitor->mutex_};
      janitor->charges_.remove(charge);
    }
  }

 private:
  /// Not destroyed at exit: the thread goes on until the end. Neither this nor the next is a static
  /// of a function: a child would wait for ever for a thread of its parent's that was making it.
  static inline constinit Immortal<PerProcess<Janitor>> janitors;
  static inline constinit std::atomic<bool> ends_at_exit{false};

  /// At exit nothing is looked after any more, before what that may need is destroyed. It does no
  /// harm that several threads may see to it.
  static void end_at_exit() noexcept {
    if (ends_at_exit.load(std::memory_order_acquire)) return;
    const bool registered = std::atexit([] {
                              if (Janitor* const janitor = janitors.value.find()) {
                                const std::scoped_lock lock{janitor->mutex_};
                                janitor->ended_ = true;
                              }
                            }) == 0;
    if (registered) ends_at_exit.store(true, std::memory_order_release);
  }

  void add(Charge& charge, TimePoint due) {
    end_at_exit();
    const std::scoped_lock lock{mutex_};
    charge.process_ = process_number();
    charge.due_ = due;
    if (!charges_.contains(charge)) charges_.push_back(charge);
    if (!running_) running_ = start_thread([this] { run(); });
    if (due < next_) changed_.notify_one();
  }
  void run() noexcept {
    for (std::unique_lock lock{mutex_};;) {
      next_ = never;
      const auto now = Clock::now();
      for (Charge* charge = ended_ ? nullptr : charges_.first(); charge != nullptr;) {
        Charge& current = *charge;
        charge = charges_.after(current);
        if (current.due_ <= now) current.due_ = current.tidy(now);
        if (current.due_ == never) charges_.remove(current);
        next_ = std::min(next_, current.due_);
      }
      if (next_ == never) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, next_);
      }
    }
  }

  std::mutex mutex_;  // for all below
  std::condition_variable changed_;
  List<Charge> charges_;
  TimePoint next_ = never;
  bool running_ = false;
  bool ended_ = false;
};

}  // namespace florin::net::detail
