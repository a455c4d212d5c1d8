// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/immortal.hpp>
#include <florin/net/detail/look_up.hpp>
#include <florin/net/detail/park.hpp>
#include <florin/net/detail/thread.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::net::detail {

/// Looks names up on threads of its own, started when there is something to do and ended when there
/// is nothing. Who asks for a name that is being looked up waits with the others. A lookup that
/// everybody has walked away from is skipped; if it has begun it keeps its thread, as the system's
/// resolver cannot be interrupted, but no longer counts against those that somebody waits for: dead
/// names do not keep healthy ones waiting.
///
/// Must outlive its threads, which nobody waits for. Belongs to the process that made it: in a
/// child its waiters find nothing done.
///
/// Thread safety: all members may be called from any thread.
class Lookups {
  struct Lookup;

 public:
  using Code = boost::system::error_code;
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  /// Asks the system. May block for as long as it likes and throw `std::bad_alloc`.
  using Ask = Endpoints (*)(const std::string& host, const std::string& service, Code& ec);

  /// Most lookups at a time that somebody waits for.
  static constexpr std::size_t most_awaited = 8;
  /// Most threads, those in abandoned lookups included.
  static constexpr std::size_t most_threads = 32;
  /// A lookup that has taken longer may hang for ever: whoever asks then gets one more try.
  static constexpr std::chrono::seconds patience{5};

  /// Somebody who waits for a lookup. Lives until it has left.
  class Waiter {
   public:
    Waiter() noexcept = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    [[nodiscard]] bool done() const noexcept { return done_; }

   protected:
    virtual ~Waiter() = default;

   private:
    friend class Lookups;
    /// The lookup is done. Called once, with the lock held.
    virtual void wake() noexcept = 0;

    std::shared_ptr<Lookup> lookup_;
    const void* group_ = nullptr;
    Waiter* next_ = nullptr;
    Waiter* previous_ = nullptr;
    Code error_;
    bool done_ = false;
    bool left_ = false;
  };

  /// \param idle_time how long a thread waits for the next lookup before it ends.
  explicit Lookups(Ask ask, Clock::duration idle_time = std::chrono::seconds{10}) noexcept
      : ask_(ask), idle_time_(idle_time) {}
  Lookups(const Lookups&) = delete;
  Lookups& operator=(const Lookups&) = delete;

  /// Has `waiter` woken when the answer is there, or when there is no memory or no thread to find
  /// it. Does nothing for one that has left already.
  /// \param group for `forget`; may be null.
  void join(Waiter& waiter, std::string_view host, std::string_view service, const void* group) {
    const std::scoped_lock lock{mutex_};
    if (waiter.left_) return;
    Code ec;
    try {
      ec = join_or_throw(waiter, host, service);
    } catch (...) {
      ec = caught_error();
    }
    if (ec) return finish(waiter, ec);
    waiter.group_ = group;
  }

  /// `waiter` stops waiting, and is never woken afterwards.
  void leave(Waiter& waiter) noexcept {
    if (process_ != process_number()) return;
    const std::scoped_lock lock{mutex_};
    waiter.left_ = true;
    unlink(waiter);
  }

  /// All waiters of `group` stop waiting.
  void forget(const void* group) noexcept {
    const std::scoped_lock lock{mutex_};
    for (auto* list : {&running_, &queued_}) {
      for (auto next = list->begin(); next != list->end();) {
        const auto lookup = *next++;  // may be taken out of the list
        for (auto* waiter = lookup->first; waiter != nullptr;) {
          Waiter& one = *std::exchange(waiter, waiter->next_);
          if (one.group_ == group) unlink(one);
        }
      }
    }
  }

  /// What `waiter`, which has left, has got: `ec` or a copy of the addresses.
  [[nodiscard]] static Endpoints answer(const Waiter& waiter, Code& ec) {
    ec = waiter.error_;
    return ec ? Endpoints{} : waiter.lookup_->endpoints;
  }

  /// Waits for the answer until `deadline`.
  [[nodiscard]] Endpoints resolve(std::string_view host, std::string_view service,
                                  TimePoint deadline, Code& ec) {
    struct Blocked final : Waiter {
      std::condition_variable ready;
      void wake() noexcept override { ready.notify_one(); }
    } waiter;
    join(waiter, host, service, nullptr);
    {
      std::unique_lock lock{mutex_};
      const auto done = [&waiter] { return waiter.done(); };
      if (deadline == never) {
        waiter.ready.wait(lock, done);
      } else {
        waiter.ready.wait_until(lock, deadline, done);
      }
    }
    leave(waiter);
    if (waiter.done()) return answer(waiter, ec);
    ec = boost::beast::error::timeout;
    return {};
  }

  /// How many threads there are now.
  [[nodiscard]] std::size_t threads() const {
    const std::scoped_lock lock{mutex_};
    return threads_;
  }

 private:
  using List = std::list<std::shared_ptr<Lookup>>;

  /// A name that is to be looked up, and who waits for it.
  struct Lookup {
    std::string host;
    std::string service;
    List::iterator place;
    TimePoint begun;
    bool running;
    Waiter* first;
    Endpoints endpoints;
  };

  Code join_or_throw(Waiter& waiter, std::string_view host, std::string_view service) {
    auto found = find(host, service);
    const bool fresh = !found;
    if (fresh) {
      found = std::make_shared<Lookup>(Lookup{.host = std::string{host},
                                              .service = std::string{service},
                                              .place = {},
                                              .begun = {},
                                              .running = false,
                                              .first = nullptr,
                                              .endpoints = {}});
      found->place = queued_.insert(queued_.end(), found);
    }
    link(waiter, std::move(found));
    if (!fresh || employ()) return {};
    unlink(waiter);
    return {EAGAIN, boost::system::system_category()};
  }

  /// A lookup that one more may wait for.
  [[nodiscard]] std::shared_ptr<Lookup> find(std::string_view host, std::string_view service) {
    const auto is_meant = [&](const Lookup& one) {
      return one.host == host && one.service == service;
    };
    for (const auto& one : queued_)
      if (is_meant(*one)) return one;
    std::shared_ptr<Lookup> newest;
    std::size_t count = 0;
    for (const auto& one : running_) {
      if (!is_meant(*one)) continue;
      newest = one;
      ++count;
    }
    if (count == 1 && Clock::now() - newest->begun > patience) return nullptr;
    return newest;
  }

  void link(Waiter& waiter, std::shared_ptr<Lookup> lookup) noexcept {
    waiter.next_ = lookup->first;
    if (waiter.next_ != nullptr) {
      waiter.next_->previous_ = &waiter;
    } else if (lookup->running) {
      ++awaited_;
    }
    lookup->first = &waiter;
    waiter.lookup_ = std::move(lookup);
  }

  /// Does nothing for a waiter that is linked no more.
  void unlink(Waiter& waiter) noexcept {
    if (!waiter.lookup_ || waiter.done_) return;
    const auto lookup = std::move(waiter.lookup_);
    (waiter.previous_ != nullptr ? waiter.previous_->next_ : lookup->first) = waiter.next_;
    if (waiter.next_ != nullptr) waiter.next_->previous_ = waiter.previous_;
    waiter.next_ = waiter.previous_ = nullptr;
    if (lookup->first != nullptr) return;
    if (lookup->running) {
      --awaited_;
      static_cast<void>(employ());  // the running one's thread comes back for the queue
    } else {
      queued_.erase(lookup->place);
    }
  }

  static void finish(Waiter& waiter, const Code& ec) noexcept {
    waiter.error_ = ec;
    waiter.done_ = true;
    waiter.wake();
  }

  [[nodiscard]] bool may_begin() const noexcept {
    return !queued_.empty() && awaited_ < most_awaited;
  }

  /// Sees to it that a thread takes the next lookup if one may.
  /// \return false: there is none and none can be had.
  [[nodiscard]] bool employ() noexcept {
    if (!may_begin() || threads_ == most_threads) return true;
    if (idle_ != 0) {
      work_.notify_one();
      return true;
    }
    if (start_thread([this] { run(); })) ++threads_;
    return threads_ != 0;
  }

  void run() noexcept {
    std::unique_lock lock{mutex_};
    for (;;) {
      while (!may_begin()) {
        ++idle_;
        const bool called = work_.wait_for(lock, idle_time_) == std::cv_status::no_timeout;
        --idle_;
        if (called || may_begin()) continue;
        --threads_;
        return;
      }
      const auto lookup = queued_.front();
      running_.splice(running_.end(), queued_, queued_.begin());
      lookup->running = true;
      lookup->begun = Clock::now();
      ++awaited_;
      static_cast<void>(employ());  // a call may have been meant for two
      lock.unlock();
      Code ec;
      Endpoints found;
      try {
        found = ask_(lookup->host, lookup->service, ec);
      } catch (...) {
        ec = caught_error();
      }
      lock.lock();
      running_.erase(lookup->place);
      lookup->endpoints = std::move(found);
      if (lookup->first != nullptr) --awaited_;
      for (auto* waiter = std::exchange(lookup->first, nullptr); waiter != nullptr;)
        finish(*std::exchange(waiter, waiter->next_), ec);
    }
  }

  Ask ask_;
  Clock::duration idle_time_;
  unsigned process_ = process_number();
  mutable std::mutex mutex_;  // for all below, and for the waiters
  std::condition_variable work_;
  List queued_;
  List running_;  // oldest first
  std::size_t awaited_ = 0;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
};

inline constinit Immortal<PerProcess<Lookups>> shared_lookups;

/// Those of this process, made at the first call.
inline Lookups& lookups() {
  return shared_lookups.value.get([](Lookups*) { return std::make_unique<Lookups>(&look_up); });
}

}  // namespace florin::net::detail
