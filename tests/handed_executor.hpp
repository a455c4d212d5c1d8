// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace florin_test {

/// The executor of a context, counting what has been handed to it. It can do no more than an
/// executor has to.
struct BareExecutor {
  boost::asio::io_context* context;
  std::atomic<int>* handed;
  boost::asio::io_context& query(boost::asio::execution::context_t) const noexcept {
    return *context;
  }
  template <class Function>
  void execute(Function function) const {
    context->get_executor().execute(std::move(function));
    ++*handed;
  }
  bool operator==(const BareExecutor&) const noexcept = default;
};

/// The same as far as `any_io_executor` can hold it.
struct HandedExecutor : BareExecutor {
  HandedExecutor(boost::asio::io_context* whose, std::atomic<int>* count) noexcept
      : BareExecutor{whose, count} {}
  [[nodiscard]] HandedExecutor require(boost::asio::execution::blocking_t::never_t) const noexcept {
    return *this;
  }
  bool operator==(const HandedExecutor&) const noexcept = default;
};

/// Waits until `done()`, for a minute at most.
template <class Done>
void until(Done done) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!done() && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  BOOST_TEST_REQUIRE(done());
}

}  // namespace florin_test
