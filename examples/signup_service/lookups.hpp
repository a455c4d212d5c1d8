// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/row.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace signup {

namespace asio = boost::asio;

/// Looks customers up for a thread that serves others, and may not block as `Directory::find` does.
/// Used on that thread alone, whose context has to outlive it. Its end waits for the lookups that
/// have begun, each at most the directory's patience.
class Lookups {
 public:
  using Found = florin::Result<std::optional<florin::onboarding::Row>>;

  explicit Lookups(florin::onboarding::Directory directory) : directory_(std::move(directory)) {}

  /// \return the row, or why there is none; when the time is over or it is cancelled, that the
  /// directory did not answer in time.
  asio::awaitable<Found> find(florin::onboarding::CustomerKey key,
                              std::chrono::milliseconds limit) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    // Whoever waits may be gone before the directory answers. The threads that ask it have a weak
    // pointer, which is locked on this one alone: no timer ends on theirs, and no cancellation,
    // which two threads would touch, gets to them.
    const auto waiting = std::make_shared<Waiting>(executor, limit);
    std::erase_if(waiting_, [](const std::weak_ptr<Waiting>& each) { return each.expired(); });
    waiting_.push_back(waiting);
    asio::post(threads_, [this, executor, key, still = std::weak_ptr<Waiting>{waiting}] {
      if (!still.expired()) ask(executor, key, still);
    });
    static_cast<void>(co_await waiting->timer.async_wait(asio::as_tuple(asio::use_awaitable)));
    if (waiting->found) co_return *std::move(waiting->found);
    co_return too_late();
  }

  /// Has nobody wait any longer.
  void cancel() {
    for (const std::weak_ptr<Waiting>& each : waiting_)
      if (const auto waiting = each.lock()) waiting->timer.cancel();
  }

 private:
  /// Who waits for a row.
  struct Waiting {
    Waiting(const asio::any_io_executor& executor, std::chrono::milliseconds limit)
        : timer(executor, limit) {}

    asio::steady_timer timer;  ///< ends when there is something to be known
    std::optional<Found> found{};
  };

  void ask(const asio::any_io_executor& executor, const florin::onboarding::CustomerKey& key,
           const std::weak_ptr<Waiting>& still) const {
    try {
      asio::post(executor, [still, found = directory_.find(key)]() mutable {
        const auto waiting = still.lock();
        if (!waiting) return;
        waiting->found.emplace(std::move(found));
        waiting->timer.cancel();
      });
    } catch (const std::exception&) {
      // There is no memory to tell it: it comes too late.
    }
  }

  static florin::Error too_late() {
    florin::Error error;
    error.code = florin::Errc::directory_failed;
    error.reason = "the directory did not answer in time";
    error.transient = true;
    return error;
  }

  florin::onboarding::Directory directory_;
  std::vector<std::weak_ptr<Waiting>> waiting_{};
  asio::thread_pool threads_{2};
};

}  // namespace signup
