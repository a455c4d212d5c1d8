// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client_fixture.hpp"
#include "handed_executor.hpp"
#include "net/tls_peer.hpp"

BOOST_AUTO_TEST_SUITE(client_guard)
namespace {

/// What `shutdown` does after its work, in the threads of a test that wants to stop one there.
std::atomic<std::promise<void>*> reached{nullptr};
std::shared_future<void> proceed;
thread_local bool stops_here = false;

}  // namespace

extern "C" int shutdown(int descriptor, int how) noexcept {
  const auto result = ::syscall(SYS_shutdown, descriptor, how);
  if (stops_here) {
    if (auto* const promise = reached.exchange(nullptr)) {
      promise->set_value();
      proceed.wait();
    }
  }
  return static_cast<int>(result);
}

/// The deadline of a pending call, which breaks its connection, and the end of the call.
namespace {

using namespace florin_test;
namespace asio = boost::asio;

constexpr auto mute = [](auto& socket) {
  char byte = 0;
  boost::system::error_code ec;
  while (!ec) socket.read_some(asio::buffer(&byte, 1), ec);
};

/// Counts the requests that were written.
struct Writes {
  std::atomic<int>* count;
  void on_phase(const florin::PhaseEvent& event) const { *count += event.phase == Phase::write; }
  void on_call(const florin::CallEvent&) const {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(may_still_be_firing_when_the_call_and_its_client_are_gone) {
  florin::net::test::Peer peer{mute};
  asio::io_context driver;
  auto work = asio::make_work_guard(driver);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      stops_here = true;
      driver.run();
    });
  std::promise<void> firing;
  std::promise<void> go;
  proceed = go.get_future().share();
  reached = &firing;

  ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(peer.port());
  options.insecure_plain_http = true;
  options.deadline = 1s;
  options.retry.retries = 0;
  std::atomic<int> writes{0};
  auto client = std::make_optional<Client<StripePolicy, Writes>>(
      driver.get_executor(), StripePolicy::Credentials{.api_key = "sk_test_EXAMPLE"}, options,
      Writes{&writes});
  auto own = std::make_unique<asio::io_context>();
  std::atomic<int> handed{0};
  client->async_create(
      buyer("m-1"), asio::bind_executor(HandedExecutor{own.get(), &handed}, [](const Answer&) {}));
  // The request is written, the answer is waited for, and nothing runs on `own` any more.
  until([&] {
    own->restart();
    own->poll();
    return writes != 0;
  });
  const int before = handed;
  BOOST_TEST_REQUIRE((firing.get_future().wait_for(hang_guard) == std::future_status::ready));
  // One thread stands in the deadline's handler, the other hands on that the connection is broken.
  until([&] { return handed != before; });
  std::promise<void> gone;
  std::thread end{[&] {
    client.reset();
    own.reset();
    gone.set_value();
  }};
  // The end of the call waits for the one that fires, or not: either way there is nothing left
  // behind that it could touch.
  static_cast<void>(gone.get_future().wait_for(200ms));
  go.set_value();
  end.join();
  work.reset();
  for (auto& thread : threads) thread.join();
}

BOOST_AUTO_TEST_SUITE_END()
