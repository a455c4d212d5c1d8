// SPDX-License-Identifier: Apache-2.0
// What coroutine.cpp has of Asio alone: a coroutine that waits for something, and its spawning.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <string>

namespace {

boost::asio::awaitable<void> wait(boost::asio::steady_timer& timer, std::string id,
                                  std::string& done) {
  co_await timer.async_wait(boost::asio::use_awaitable);
  done = id;
}

}  // namespace

std::string wait_for(const std::string& id) {
  boost::asio::io_context context;
  boost::asio::steady_timer timer{context, std::chrono::seconds{1}};
  std::string done;
  boost::asio::co_spawn(context, wait(timer, id, done), boost::asio::detached);
  context.run();
  return done;
}
