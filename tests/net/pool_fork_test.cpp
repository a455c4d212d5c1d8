// SPDX-License-Identifier: Apache-2.0
#include <florin/net/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool_bench.hpp"
#include "support/skipped.hpp"

/// Pools in a child, which has no threads of its parent's.
BOOST_AUTO_TEST_SUITE(net_pool_fork, *florin_test::not_under_tsan(florin_test::forks))
namespace {

using namespace florin_test;

}  // namespace

BOOST_AUTO_TEST_CASE(a_child_leaves_the_parents_connections_alone) {
  Kept kept{{.idle_timeout = 1h}};
  kept.keep_one();
  auto idle = kept.watched->try_acquire(net::Clock::now());
  const int descriptor = idle->stream.native_handle();
  kept.watched->release(std::move(idle), true, net::Clock::now());
  const ::pid_t child = ::fork();
  if (child == 0) {
    kept.watched->leave_to_parent();
    if (::fcntl(descriptor, F_GETFD) != -1) ::_exit(2);
    kept.watched.reset();
    // One of its own is looked after.
    Pool own{kept.context.get_executor(), {.idle_timeout = 20ms}};
    tcp::acceptor acceptor{kept.context, {asio::ip::address_v4::loopback(), 0}};
    auto held = own.try_acquire(net::Clock::now());
    tcp::socket socket{kept.context};
    socket.connect(acceptor.local_endpoint());
    tcp::socket peer = acceptor.accept();
    boost::system::error_code ec;
    held->stream.assign(tcp::v4(), ::dup(socket.native_handle()), ec);
    socket.close();
    own.release(std::move(held), true, net::Clock::now());
    ::_exit(ended(peer) ? 0 : 1);
  }
  BOOST_TEST_REQUIRE(child > 0);
  int status = 0;
  BOOST_TEST(::waitpid(child, &status, 0) == child);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  const auto held = kept.watched->try_acquire(net::Clock::now());
  BOOST_TEST_REQUIRE((held != nullptr));
  BOOST_TEST(held->stream.is_open());
}

BOOST_AUTO_TEST_CASE(the_janitor_heeds_no_signal) {
  Kept kept{{}};
  const ::pid_t child = ::fork();
  if (child == 0) {
    // Here are two threads only: this one and, from now on, the janitor.
    Pool own{kept.context.get_executor(), {.idle_timeout = 1h}};
    auto held = own.try_acquire(net::Clock::now());
    kept.open(*held);
    own.release(std::move(held), true, net::Clock::now());
    ::sigset_t user;
    ::sigemptyset(&user);
    ::sigaddset(&user, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &user, nullptr);
    ::kill(::getpid(), SIGUSR2);  // would end the process
    kept.peers.back().shutdown(tcp::socket::shutdown_send);
    ::_exit(ended(kept.peers.back()) ? 0 : 1);
  }
  BOOST_TEST_REQUIRE(child > 0);
  int status = 0;
  BOOST_TEST(::waitpid(child, &status, 0) == child);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

BOOST_AUTO_TEST_SUITE_END()
