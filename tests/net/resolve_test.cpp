// SPDX-License-Identifier: Apache-2.0
#include <florin/net/resolve.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <future>
#include <netdb.h>
#include <optional>
#include <string>

#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(net_resolve)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using namespace std::chrono_literals;
using Code = boost::system::error_code;
using Tcp = asio::ip::tcp;

Tcp::endpoint at(const char* address, std::uint16_t port = 443) {
  return {asio::ip::make_address(address), port};
}

net::TimePoint soon() {
  return net::Clock::now() + 20s;
}

}  // namespace

BOOST_AUTO_TEST_CASE(interleaves_the_families) {
  const net::Endpoints v6_first{at("2001:db8::1"), at("2001:db8::2"), at("2001:db8::3"),
                                at("192.0.2.1"), at("192.0.2.2")};
  const net::Endpoints expected{at("2001:db8::1"), at("192.0.2.1"), at("2001:db8::2"),
                                at("192.0.2.2"), at("2001:db8::3")};
  BOOST_TEST((net::interleaved(v6_first) == expected));
  const net::Endpoints v4_first{at("192.0.2.1"), at("192.0.2.2"), at("2001:db8::1")};
  const net::Endpoints kept{at("192.0.2.1"), at("2001:db8::1"), at("192.0.2.2")};
  BOOST_TEST((net::interleaved(v4_first) == kept));
  BOOST_TEST(net::interleaved({}).empty());
}

BOOST_AUTO_TEST_CASE(reads_literals) {
  BOOST_TEST((net::literal_endpoint("127.0.0.1", "80") == at("127.0.0.1", 80)));
  BOOST_TEST((net::literal_endpoint("::1", "65535") == at("::1", 65535)));
  BOOST_TEST(!net::literal_endpoint("localhost", "80"));
  BOOST_TEST(!net::literal_endpoint("127.0.0.1", "https"));
  BOOST_TEST(!net::literal_endpoint("127.0.0.1", "65536"));
  BOOST_TEST(!net::literal_endpoint("127.0.0.1", ""));
  BOOST_TEST(!net::literal_endpoint("127.0.0.1", "80x"));
  BOOST_TEST(!net::literal_endpoint(std::string{"127.0.0.1\0x", 11}, "80"));
}

BOOST_AUTO_TEST_CASE(resolves_a_name_and_a_literal) {
  Code ec;
  const auto local = net::resolve("localhost", "443", soon(), ec);
  BOOST_TEST(!ec);
  BOOST_REQUIRE(!local.empty());
  for (const auto& endpoint : local) {
    BOOST_TEST(endpoint.address().is_loopback());
    BOOST_TEST(endpoint.port() == 443);
  }
  // A literal needs no time at all.
  const auto literal = net::resolve("::1", "1", net::TimePoint::min(), ec);
  BOOST_TEST(!ec);
  BOOST_TEST((literal == net::Endpoints{at("::1", 1)}));
}

BOOST_AUTO_TEST_CASE(reports_unknown_names) {
  Code ec;
  BOOST_TEST(net::resolve(std::string{"localhost\0x", 11}, "1", soon(), ec).empty());
  BOOST_TEST(ec == asio::error::host_not_found);
  BOOST_TEST(net::resolve("localhost", "no-such-service-here", soon(), ec).empty());
  BOOST_TEST(ec.failed());
}

BOOST_AUTO_TEST_CASE(tells_a_failing_name_server_from_want_of_something) {
  using net::detail::resolver_error;
  const auto system = [](int error) { return Code{error, boost::system::system_category()}; };
  for (const int left_behind : {0, EAGAIN, ECONNREFUSED}) {
    BOOST_TEST(resolver_error(EAI_AGAIN, left_behind) == asio::error::host_not_found_try_again);
    BOOST_TEST(resolver_error(EAI_NONAME, left_behind) == asio::error::host_not_found);
    BOOST_TEST(resolver_error(EAI_FAIL, left_behind) == asio::error::no_recovery);
  }
  for (const int shortage : {ENOMEM, EMFILE, ENFILE, ENOBUFS})
    for (const int code : {EAI_AGAIN, EAI_NONAME, EAI_SYSTEM})
      BOOST_TEST(resolver_error(code, shortage) == system(shortage));
  BOOST_TEST(resolver_error(EAI_SYSTEM, EACCES) == system(EACCES));
  BOOST_TEST(resolver_error(EAI_SYSTEM, EAGAIN) == asio::error::host_not_found_try_again);
  BOOST_TEST(resolver_error(EAI_MEMORY, 0) == asio::error::no_memory);
}

BOOST_AUTO_TEST_CASE(gives_up_at_the_deadline) {
  Code ec;
  BOOST_TEST(net::resolve("localhost", "1", net::TimePoint::min(), ec).empty());
  BOOST_TEST(ec == Code{boost::beast::error::timeout});
}

BOOST_AUTO_TEST_CASE(resolves_asynchronously) {
  asio::io_context context;
  std::optional<Code> named;
  std::optional<Code> literal;
  net::async_resolve(context.get_executor(), "localhost", "443", soon(),
                     [&](Code ec, net::Endpoints found) {
                       named = ec;
                       BOOST_TEST(!found.empty());
                     });
  net::async_resolve(context.get_executor(), "192.0.2.1", "443", soon(),
                     [&](Code ec, net::Endpoints found) {
                       literal = ec;
                       BOOST_TEST((found == net::Endpoints{at("192.0.2.1")}));
                     });
  BOOST_TEST(!named.has_value());
  BOOST_TEST(!literal.has_value());
  context.run();
  BOOST_TEST(!named.value());
  BOOST_TEST(!literal.value());
}

BOOST_AUTO_TEST_CASE(an_expired_deadline_and_a_cancellation_end_it) {
  asio::io_context context;
  asio::cancellation_signal signal;
  Code late;
  Code cancelled;
  net::async_resolve(context.get_executor(), "localhost", "443", soon(),
                     asio::bind_cancellation_slot(
                         signal.slot(), [&](Code ec, const net::Endpoints&) { cancelled = ec; }));
  signal.emit(asio::cancellation_type::terminal);
  context.run();
  BOOST_TEST(cancelled == asio::error::operation_aborted);
  context.restart();
  net::async_resolve(context.get_executor(), "localhost", "443", net::TimePoint::min(),
                     [&](Code ec, const net::Endpoints& found) {
                       late = ec;
                       BOOST_TEST(found.empty());
                     });
  context.run();
  BOOST_TEST(late == Code{boost::beast::error::timeout});
}

BOOST_AUTO_TEST_CASE(may_be_abandoned_with_its_context) {
  bool called = false;
  for (int i = 0; i < 50; ++i) {
    asio::io_context context;
    net::async_resolve(context.get_executor(), "localhost", "443", soon(),
                       [&](Code, const net::Endpoints&) { called = true; });
  }
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(runs_on_several_threads) {
  asio::thread_pool pool{3};
  std::vector<std::future<net::Endpoints>> answers;
  for (int i = 0; i < 30; ++i) {
    answers.push_back(
        net::async_resolve(pool.get_executor(), "localhost", "443", soon(), asio::use_future));
  }
  for (auto& answer : answers) BOOST_TEST(!answer.get().empty());
}

BOOST_AUTO_TEST_CASE(a_failed_allocation_is_an_error_of_a_blocking_lookup) {
  Code warm;
  (void)net::resolve("localhost", "443", soon(), warm);
  for (const char* host : {"localhost", "192.0.2.1"}) {
    for (std::size_t n = 0; n < 1000; ++n) {
      florin_test::AllocationFailure failure{n};
      Code ec;
      (void)net::resolve(host, "443", soon(), ec);
      failure.stop();
      if (!failure.happened()) break;
      BOOST_TEST_CONTEXT("allocation " << n) BOOST_TEST(net::is_out_of_resources(ec));
    }
  }
  const auto found = net::resolve("localhost", "443", soon(), warm);
  BOOST_TEST(!found.empty());
}

BOOST_AUTO_TEST_CASE(a_failed_allocation_completes_an_asynchronous_lookup) {
  for (const char* host : {"localhost", "192.0.2.1"}) {
    for (std::size_t n = 0; n < 1000; ++n) {
      asio::io_context context;
      int completed = 0;
      Code ec;
      florin_test::AllocationFailure failure{n};
      net::async_resolve(context.get_executor(), host, "443", soon(),
                         [&](Code result, const net::Endpoints& found) {
                           ++completed;
                           ec = result;
                           if (!ec && found.empty()) ec = asio::error::host_not_found;
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
  }
}

BOOST_AUTO_TEST_SUITE_END()
