// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/immortal.hpp>
#include <florin/net/detail/park.hpp>
#include <florin/net/detail/thread.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <mutex>

namespace florin::detail {

/// Threads that run an event loop of their own, for as long as the process lives: nobody waits for
/// them, and the loop is never destroyed, so that the process may end at any time.
///
/// Thread safety: all members may be called from any thread.
class LoopThreads {
 public:
  /// One that does the work, and one for while a handler takes its time.
  static constexpr std::size_t most = 2;

  /// Throws `boost::system::system_error` when there are no descriptors for an event loop.
  LoopThreads() {
    // What can fail for want of descriptors does so here.
    const boost::asio::steady_timer timer{context_};
    const boost::asio::ip::tcp::socket socket{context_};
  }
  LoopThreads(const LoopThreads&) = delete;
  LoopThreads& operator=(const LoopThreads&) = delete;

  /// Starts the threads unless they run. One of them will do.
  /// \return false: none runs and none can be had.
  [[nodiscard]] bool start() noexcept {
    if (running_.load(std::memory_order_acquire) == most) return true;
    const std::scoped_lock lock{mutex_};
    std::size_t running = running_.load(std::memory_order_relaxed);
    // What leaves a handler ends the program, as it would on any other thread.
    while (running != most && net::detail::start_thread([this]() noexcept { context_.run(); }))
      running_.store(++running, std::memory_order_release);
    return running != 0;
  }
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  std::mutex mutex_;
  std::atomic<std::size_t> running_{0};
};

inline constinit net::detail::Immortal<net::detail::PerProcess<LoopThreads>> shared_loop_threads;

/// The executor of clients that were given none: an event loop on threads of the library's own,
/// both made by the first call, which is to be the first asynchronous one. (A thread that waits in
/// the loop is woken by whatever arrives on any connection that is registered there.) A child made
/// by `fork` gets its own. Every signal is blocked in the threads, but for those of faults.
///
/// Not Asio's thread pool: its executor is a type of its own, which costs the compiler as much as a
/// tenth of everything else.
/// \return empty, with `ec`: no memory, descriptors or threads could be had; another call may
/// succeed.
///
/// Thread safety: may be called from any thread.
FLORIN_ASYNC_DECL inline boost::asio::any_io_executor default_executor(
    boost::system::error_code& ec) noexcept {
  try {
    auto& threads =
        shared_loop_threads.value.get([](LoopThreads*) { return std::make_unique<LoopThreads>(); });
    if (threads.start()) {
      ec.clear();
      return threads.context().get_executor();
    }
    ec.assign(EAGAIN, boost::system::system_category());
  } catch (...) {
    ec = net::detail::caught_error();
  }
  return {};
}

}  // namespace florin::detail
