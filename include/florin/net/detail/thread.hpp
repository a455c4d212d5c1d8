// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <memory>
#include <new>
#include <pthread.h>
#include <signal.h>
#include <utility>

namespace florin::net::detail {

/// Starts a detached thread that runs `function` with every signal blocked, so that handlers run on
/// the program's own threads alone. Only what a fault raises in the thread that commits it stays
/// open: blocking that is undefined, and would hide the fault from who reports crashes.
///
/// \param function must not throw.
/// \return whether the thread was started; false: no thread or no memory could be had.
///
/// Thread safety: may be called from any thread.
template <class Function>
[[nodiscard]] bool start_thread(Function function) noexcept {
  std::unique_ptr<Function> kept{new (std::nothrow) Function(std::move(function))};
  if (!kept) return false;
  ::pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return false;
  ::sigset_t blocked;
  ::sigset_t before;
  ::sigfillset(&blocked);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) {
    ::sigdelset(&blocked, fault);
  }
  // A thread inherits the mask of its maker: blocked before it runs, there is no gap.
  bool started = ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                 ::pthread_sigmask(SIG_SETMASK, &blocked, &before) == 0;
  if (started) {
    ::pthread_t thread{};
    started = ::pthread_create(
                  &thread, &attributes,
                  [](void* argument) -> void* {
                    const std::unique_ptr<Function> mine{static_cast<Function*>(argument)};
                    (*mine)();
                    return nullptr;
                  },
                  kept.get()) == 0;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ::pthread_attr_destroy(&attributes);
  if (started) static_cast<void>(kept.release());
  return started;
}

}  // namespace florin::net::detail
