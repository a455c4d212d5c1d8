// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/list.hpp>
#include <florin/net/detail/thread.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
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
      all().get([](const Janitor*) { return std::make_unique<Janitor>(); }).add(charge, due);
    } catch (const std::exception&) {
      return;  // no memory: as without a thread
    }
  }
  /// Looks after `charge` no more. When this returns it is not being looked after.
  static void forget(Charge& charge) noexcept {
    if (charge.process_ != process_number()) return;  // the parent's, or never watched
    if (Janitor* const janitor = all().find()) {
      const std::scoped_lock lock{janitor->mutex_};
      janitor->charges_.remove(charge);
    }
  }

 private:
  /// Not destroyed at exit: the thread goes on until the end.
  static PerProcess<Janitor>& all() {
    static auto& janitors = *new PerProcess<Janitor>;
    return janitors;
  }
  /// At exit nothing is looked after any more, before what that may need is destroyed.
  struct AtExit {
    ~AtExit() {
      if (Janitor* const janitor = all().find()) {
        const std::scoped_lock lock{janitor->mutex_};
        janitor->ended_ = true;
      }
    }
  };

  void add(Charge& charge, TimePoint due) {
    static const AtExit at_exit;
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
