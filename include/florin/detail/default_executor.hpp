// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace florin::detail {

/// Threads that run an event loop of their own until the process ends.
class LoopThreads {
 public:
  LoopThreads() = default;
  LoopThreads(const LoopThreads&) = delete;
  LoopThreads& operator=(const LoopThreads&) = delete;
  ~LoopThreads() {
    context_.stop();
    for (auto& thread : threads_) thread.join();
  }
  /// Starts the threads unless they run. Not done before the first asynchronous call: a thread that
  /// waits in the event loop is woken by whatever arrives on any connection, blocking calls' too.
  void start() {
    std::call_once(started_, [this] {
      const auto count = std::max(2U, 2 * std::thread::hardware_concurrency());
      threads_.reserve(count);
      while (threads_.size() < count) threads_.emplace_back([this] { context_.run(); });
    });
  }
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  std::once_flag started_;
  std::vector<std::thread> threads_;
};

/// Threads for clients that were given no executor, started by their first asynchronous call.
///
/// Not Asio's system executor: its threads end after OpenSSL has cleaned up, and leak what OpenSSL
/// keeps for each thread. These end before. Not Asio's thread pool: its executor is a type of its
/// own, which costs the compiler as much as a tenth of everything else.
inline LoopThreads& loop_threads() {
  OPENSSL_init_ssl(0, nullptr);  // what is made first is destroyed last
  static LoopThreads threads;
  return threads;
}

inline boost::asio::any_io_executor default_executor() {
  return loop_threads().context().get_executor();
}

}  // namespace florin::detail
