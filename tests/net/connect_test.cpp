// SPDX-License-Identifier: Apache-2.0
#include <florin/net/connect.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/allocations.hpp"
#include "tls_peer.hpp"

BOOST_AUTO_TEST_SUITE(net_connect)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using namespace std::chrono_literals;
using net::ConnectRace;
using net::test::Code;
using net::test::Peer;
using net::test::soon;
using net::test::Tcp;
using Step = ConnectRace::Step;

// A dead first address costs no more (RFC 8305, section 5; its limits are in section 8).
static_assert(net::ConnectOptions{}.attempt_delay >= 100ms &&
              net::ConnectOptions{}.attempt_delay <= 300ms);

/// How many sockets are open, but for those of a peer: it closes its own when it notices.
std::size_t open_sockets(const Tcp::endpoint& peer) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    ::sockaddr_in local{};
    ::socklen_t size = sizeof local;
    const int descriptor = std::stoi(entry.path().filename().string());
    if (::getsockname(descriptor, reinterpret_cast<::sockaddr*>(&local), &size) != 0) continue;
    if (local.sin_family != AF_INET || ntohs(local.sin_port) != peer.port()) ++count;
  }
  return count;
}

/// Whether all but `count` are closed at last; what an earlier test left may close in between.
bool sockets_come_down_to(std::size_t count, const Tcp::endpoint& peer) {
  for (int i = 0; i < 10'000 && open_sockets(peer) > count; ++i) std::this_thread::sleep_for(1ms);
  return open_sockets(peer) <= count;
}

/// A loopback address at which nobody listens.
Tcp::endpoint dead_endpoint() {
  asio::io_context context;
  Tcp::acceptor acceptor{context, Tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  return acceptor.local_endpoint();
}

/// A listener whose queue is full, so that further connections hang.
class BlackHole {
 public:
  BlackHole() : acceptor_(context_) {
    acceptor_.open(Tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen(0);
    for (int i = 0; i < 8; ++i) {
      auto& socket = fillers_.emplace_back(context_);
      socket.open(Tcp::v4());
      socket.native_non_blocking(true);
      const auto here = endpoint();
      static_cast<void>(
          ::connect(socket.native_handle(), here.data(), static_cast<::socklen_t>(here.size())));
    }
  }
  [[nodiscard]] Tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  asio::io_context context_;
  Tcp::acceptor acceptor_;
  std::vector<Tcp::socket> fillers_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(race_starts_the_first_at_once_and_others_after_the_delay) {
  const net::TimePoint zero{};
  ConnectRace race{3, 250ms};
  auto action = race.next(zero);
  BOOST_TEST((action.step == Step::start));
  BOOST_TEST(action.index == 0U);
  action = race.next(zero);
  BOOST_TEST((action.step == Step::wait));
  BOOST_TEST((action.until == zero + 250ms));
  BOOST_TEST((race.next(zero + 249ms).step == Step::wait));
  action = race.next(zero + 250ms);
  BOOST_TEST((action.step == Step::start));
  BOOST_TEST(action.index == 1U);
  BOOST_TEST((race.next(zero + 251ms).until == zero + 500ms));
  BOOST_TEST((race.next(zero + 600ms).index == 2U));
  action = race.next(zero + 600ms);
  BOOST_TEST((action.step == Step::wait));
  BOOST_TEST((action.until == net::never));
}

BOOST_AUTO_TEST_CASE(race_hurries_after_a_failure_and_ends_with_the_last_error) {
  const net::TimePoint zero{};
  ConnectRace race{2, 250ms};
  BOOST_TEST((race.next(zero).step == Step::start));
  race.failed(asio::error::network_unreachable);
  const auto action = race.next(zero + 1ms);
  BOOST_TEST((action.step == Step::start));
  BOOST_TEST(action.index == 1U);
  BOOST_TEST((race.next(zero + 1ms).step == Step::wait));
  race.failed(asio::error::connection_refused);
  BOOST_TEST((race.next(zero + 2ms).step == Step::failed));
  BOOST_TEST(race.error() == asio::error::connection_refused);
}

BOOST_AUTO_TEST_CASE(race_keeps_the_first_winner) {
  const net::TimePoint zero{};
  ConnectRace race{2, 10ms};
  static_cast<void>(race.next(zero));
  static_cast<void>(race.next(zero + 10ms));
  race.succeeded(1);
  race.succeeded(0);
  const auto action = race.next(zero + 11ms);
  BOOST_TEST((action.step == Step::connected));
  BOOST_TEST(action.index == 1U);
}

BOOST_AUTO_TEST_CASE(race_without_addresses_fails) {
  ConnectRace race{0, 10ms};
  BOOST_TEST((race.next({}).step == Step::failed));
  BOOST_TEST(race.error() == asio::error::host_not_found);
}

BOOST_AUTO_TEST_CASE(race_with_the_greatest_delay_waits_for_a_failure) {
  const auto now = net::Clock::now();
  ConnectRace race{2, std::chrono::milliseconds::max()};
  BOOST_TEST((race.next(now).step == Step::start));
  const auto action = race.next(now + 1h);
  BOOST_TEST((action.step == Step::wait));
  BOOST_TEST((action.until > now + 24h * 365 * 100));
  race.failed(asio::error::connection_refused);
  BOOST_TEST((race.next(now + 2h).step == Step::start));
}

BOOST_AUTO_TEST_CASE(race_remembers_that_this_machine_lacked_something) {
  const Code none_left{EMFILE, boost::system::system_category()};
  ConnectRace race{2, 250ms};
  static_cast<void>(race.next({}));
  race.failed(none_left);
  static_cast<void>(race.next({}));
  race.failed(asio::error::network_unreachable);
  BOOST_TEST(race.error() == none_left);
}

BOOST_AUTO_TEST_CASE(exec_closes_the_descriptors) {
  Peer peer{net::test::echo_lines};
  Code ec;
  const auto blocking = net::connect({peer.endpoint()}, soon(), {}, ec);
  BOOST_REQUIRE(!ec);
  BOOST_TEST((::fcntl(blocking.handle, F_GETFD) & FD_CLOEXEC) != 0);
  ::close(blocking.handle);
  asio::io_context context;
  int flags = 0;
  net::async_connect(
      context.get_executor(), {peer.endpoint()}, soon(), {},
      [&](Code, Tcp::socket socket) { flags = ::fcntl(socket.native_handle(), F_GETFD); });
  context.run();
  BOOST_TEST((flags & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(a_failed_allocation_is_an_error) {
  Peer peer{net::test::echo_lines};
  const net::Endpoints endpoints{dead_endpoint(), peer.endpoint()};
  const auto before = open_sockets(peer.endpoint());
  for (std::size_t n = 0; n < 1000; ++n) {
    Code ec;
    florin_test::AllocationFailure failure{n};
    const auto connected = net::connect(endpoints, soon(), {}, ec);
    failure.stop();
    if (!ec) ::close(connected.handle);
    BOOST_TEST_CONTEXT("allocation " << n) if (ec) BOOST_TEST(net::is_out_of_resources(ec));
    if (!failure.happened()) break;
    BOOST_TEST(n < 999U);
  }
  BOOST_TEST(sockets_come_down_to(before, peer.endpoint()));
}

BOOST_AUTO_TEST_CASE(a_failed_allocation_completes_an_asynchronous_connect) {
  Peer peer{net::test::echo_lines};
  const net::Endpoints endpoints{dead_endpoint(), peer.endpoint()};
  const auto before = open_sockets(peer.endpoint());
  for (std::size_t n = 0; n < 1000; ++n) {
    asio::io_context context;
    Tcp::socket first{context};  // the context can have sockets
    asio::steady_timer second{context};
    int completed = 0;
    Code ec;
    auto targets = endpoints;
    florin_test::AllocationFailure failure{n};
    net::async_connect(context.get_executor(), std::move(targets), soon(), {},
                       [&](Code result, const Tcp::socket&) {
                         ++completed;
                         ec = result;
                       });
    context.run();
    failure.stop();
    BOOST_TEST_CONTEXT("allocation " << n) {
      BOOST_TEST(completed == 1);
      if (ec) BOOST_TEST(net::is_out_of_resources(ec));
    }
    if (!failure.happened()) break;
    BOOST_TEST(n < 999U);
  }
  BOOST_TEST(sockets_come_down_to(before, peer.endpoint()));
}

BOOST_AUTO_TEST_CASE(a_dropped_operation_ends_its_attempts) {
  const BlackHole hole;
  asio::io_context context;
  auto mine = std::make_unique<asio::io_context>();
  bool called = false;
  asio::steady_timer warm{context};
  const auto before = open_sockets(hole.endpoint());
  net::async_connect(
      context.get_executor(), {hole.endpoint(), hole.endpoint()}, soon(), {.attempt_delay = 1ms},
      asio::bind_executor(mine->get_executor(), [&](Code, const Tcp::socket&) { called = true; }));
  BOOST_TEST(open_sockets(hole.endpoint()) > before);
  context.run_one();  // the delay is over: the operation goes on in the handler's context
  mine.reset();
  context.poll();
  BOOST_TEST(sockets_come_down_to(before, hole.endpoint()));
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(connects_and_sets_no_delay) {
  Peer peer{net::test::echo_lines};
  asio::io_context context;
  std::optional<Code> result;
  Tcp::socket connected{context};
  net::async_connect(context.get_executor(), {peer.endpoint()}, soon(), {.keep_alive = true},
                     [&](Code ec, Tcp::socket socket) {
                       result = ec;
                       connected = std::move(socket);
                     });
  BOOST_TEST(!result.has_value());
  context.run();
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(!*result);
  Tcp::no_delay no_delay;
  connected.get_option(no_delay);
  BOOST_TEST(no_delay.value());
  asio::socket_base::keep_alive keep_alive;
  connected.get_option(keep_alive);
  BOOST_TEST(keep_alive.value());
  Code ec;
  BOOST_TEST(net::test::ask(connected, "hello\n", ec) == "hello\n");
}

BOOST_AUTO_TEST_CASE(falls_back_from_a_dead_address) {
  Peer peer{net::test::echo_lines};
  Code ec;
  const auto connected = net::connect({dead_endpoint(), peer.endpoint()}, soon(), {}, ec);
  BOOST_TEST(!ec);
  asio::io_context context;
  Tcp::socket socket{context, connected.protocol, connected.handle};
  BOOST_TEST(net::test::ask(socket, "hello\n", ec) == "hello\n");
}

BOOST_AUTO_TEST_CASE(falls_back_from_a_silent_address) {
  const BlackHole hole;
  Peer peer{net::test::echo_lines};
  Code ec;
  const auto connected =
      net::connect({hole.endpoint(), peer.endpoint()}, soon(), {.attempt_delay = 20ms}, ec);
  BOOST_TEST(!ec);
  asio::io_context context;
  Tcp::socket socket{context, connected.protocol, connected.handle};
  BOOST_TEST(net::test::ask(socket, "hello\n", ec) == "hello\n");
}

BOOST_AUTO_TEST_CASE(reports_refusal_and_the_deadline) {
  Code ec;
  auto connected = net::connect({dead_endpoint()}, soon(), {}, ec);
  BOOST_TEST(ec == asio::error::connection_refused);
  BOOST_TEST(connected.handle == -1);

  const BlackHole hole;
  connected = net::connect({hole.endpoint()}, net::Clock::now() + 50ms, {}, ec);
  BOOST_TEST(ec == Code{boost::beast::error::timeout});
  BOOST_TEST(connected.handle == -1);

  net::connect({}, soon(), {}, ec);
  BOOST_TEST(ec == asio::error::host_not_found);
}

BOOST_AUTO_TEST_CASE(can_be_cancelled) {
  const BlackHole hole;
  asio::io_context context;
  asio::cancellation_signal signal;
  Code result;
  net::async_connect(context.get_executor(), {hole.endpoint()}, soon(), {},
                     asio::bind_cancellation_slot(
                         signal.slot(), [&](Code ec, const Tcp::socket&) { result = ec; }));
  context.poll();
  signal.emit(asio::cancellation_type::total);
  context.run();
  BOOST_TEST(result == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(may_be_abandoned_with_its_context) {
  const BlackHole hole;
  bool called = false;
  {
    asio::io_context context;
    net::async_connect(context.get_executor(), {hole.endpoint(), hole.endpoint()}, soon(),
                       {.attempt_delay = 1ms}, [&](Code, const Tcp::socket&) { called = true; });
    context.run_for(20ms);
  }
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(runs_on_several_threads_without_a_strand) {
  Peer peer{net::test::echo_lines};
  asio::thread_pool pool{3};
  for (int i = 0; i < 20; ++i) {
    auto future =
        net::async_connect(pool.get_executor(), {dead_endpoint(), peer.endpoint(), peer.endpoint()},
                           soon(), {.attempt_delay = 0ms}, asio::use_future);
    BOOST_TEST(future.get().is_open());
  }
}

BOOST_AUTO_TEST_SUITE_END()
