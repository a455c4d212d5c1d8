// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <atomic>
#include <memory>
#include <pthread.h>
#include <utility>

#include <unistd.h>

namespace florin::net::detail {

/// One more than the forks that were noticed; 0: nobody looks for them.
inline constinit std::atomic<unsigned> noticed_forks{0};

/// Whether forks are noticed, which the first one who finds out decides for good: numbers of both
/// kinds in one process would differ.
enum class ForkWatch : unsigned char { undecided, on, off };
/// Not a static of a function: a child would wait for ever for a thread of its parent's that was
/// initialising it.
inline constinit std::atomic<ForkWatch> fork_watch{ForkWatch::undecided};

/// The `process_number` where nobody looks for forks, which begins with this, if it can. Where
/// several threads begin at the same time a fork counts more than once.
[[gnu::cold, gnu::noinline]] inline unsigned first_process_number() noexcept {
  auto watch = fork_watch.load(std::memory_order_acquire);
  if (watch == ForkWatch::undecided) {
    const auto count = [] {
      if (noticed_forks.load(std::memory_order_relaxed) != 0)
        noticed_forks.fetch_add(1, std::memory_order_relaxed);
    };
    const auto found =
        ::pthread_atfork(nullptr, nullptr, count) == 0 ? ForkWatch::on : ForkWatch::off;
    if (fork_watch.compare_exchange_strong(watch, found, std::memory_order_acq_rel,
                                           std::memory_order_acquire))
      watch = found;
  }
  if (watch == ForkWatch::off) return static_cast<unsigned>(::getpid());
  unsigned number = 0;
  return noticed_forks.compare_exchange_strong(number, 1) ? 1 : number;
}

/// A number that differs between a process and the children that it forks. Costs no system call.
/// Notices `fork`; not `vfork`, after which only `exec` is allowed, nor a bare `clone` call.
///
/// Thread safety: may be called from any thread.
inline unsigned process_number() noexcept {
  const unsigned number = noticed_forks.load(std::memory_order_acquire);
  if (number != 0) [[likely]]
    return number;
  return first_process_number();
}

/// A `T` of this process. A child made by `fork` gets one of its own and never touches the
/// parent's: a thread that is not there any more may hold its locks, and what it holds may be half
/// changed.
///
/// Thread safety: `get` may be called from any thread.
template <class T>
class PerProcess {
 public:
  PerProcess() noexcept = default;
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  /// Destroys this process's `T`. One that was inherited is left alone for ever.
  ~PerProcess() {
    Held* const held = held_.load(std::memory_order_acquire);
    if (held != nullptr && held->process == process_number()) delete held;
  }

  /// This process's `T`, made now if there is none yet.
  /// \param make called with the inherited one (null: there is none), returns a
  /// `std::unique_ptr<T>`. Several threads may make one at the same time; all but one are
  /// destroyed.
  template <class Make>
  [[nodiscard]] T& get(Make make) {
    const unsigned process = process_number();
    Held* const held = held_.load(std::memory_order_acquire);
    if (held != nullptr && held->process == process) [[likely]]
      return *held->value;
    return made(make, process, held);
  }

  /// This process's `T`, or null as long as none was made.
  [[nodiscard]] T* find() const noexcept {
    Held* const held = held_.load(std::memory_order_acquire);
    return held != nullptr && held->process == process_number() ? held->value.get() : nullptr;
  }

 private:
  struct Held {
    unsigned process;
    std::unique_ptr<T> value;
    Held* inherited;  // keeps what is left alone reachable, so that it counts as no leak
  };

  template <class Make>
  [[gnu::cold, gnu::noinline]] T& made(Make& make, unsigned process, Held* held) {
    while (held == nullptr || held->process != process) {
      std::unique_ptr<Held> fresh{new Held{process, nullptr, held}};
      fresh->value = make(held == nullptr ? nullptr : held->value.get());
      if (held_.compare_exchange_strong(held, fresh.get(), std::memory_order_acq_rel,
                                        std::memory_order_acquire))
        held = fresh.release();
    }
    return *held->value;
  }

  std::atomic<Held*> held_{nullptr};
};

}  // namespace florin::net::detail
