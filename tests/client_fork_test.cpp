// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/default_client.hpp>
#include <florin/detail/call_watch.hpp>
#include <florin/detail/establishing.hpp>
#include <florin/net/connect.hpp>
#include <florin/policies/stax.hpp>
#include <florin/testing/processors/stax.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "client_fixture.hpp"
#include "forked_child.hpp"
#include "scoped_file.hpp"
#include "scoped_variable.hpp"
#include "support/skipped.hpp"

/// A client and the children of its process.
BOOST_AUTO_TEST_SUITE(client_fork, *florin_test::not_under_tsan(florin_test::forks))
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using Kind = Fault::Kind;
using std::string;

/// Options that reach `sandbox` without asking a resolver.
ClientOptions options_by_address(const Sandbox& sandbox) {
  auto options = options_for(sandbox);
  const bool tls = options.base_url.starts_with("https:");
  options.base_url =
      (tls ? "https" : "http") + string{"://127.0.0.1:"} + std::to_string(sandbox.port());
  options.insecure_plain_http = !tls;
  return options;
}

/// The customer's id, or what went wrong.
string told(const Answer& answer) {
  if (answer) return string{answer->connector_customer_id.view()};
  const auto error = answer.error();
  return string{to_string(error.code)} + ' ' + string{to_string(error.outcome)};
}

string id_in_ledger(const Sandbox& sandbox, const string& merchant_customer_id) {
  for (const auto& customer : sandbox.customers())
    if (customer.merchant_customer_id == merchant_customer_id) return customer.id;
  return "(absent)";
}

}  // namespace

BOOST_AUTO_TEST_CASE(parent_and_child_get_their_own_customers) {
  for (const bool tls : {true, false}) {
    SandboxOptions server;
    server.tls = tls;
    StripeFixture f{server};
    auto options = options_by_address(f.sandbox);
    options.deadline = 10s;
    Client<StripePolicy> client{f.credentials(), options};
    for (int i = 0; i < 30; ++i) {
      const auto id = [i](const char* who) { return who + std::to_string(i); };
      BOOST_TEST(client.create(buyer(id("before-"))).has_value());
      BOOST_TEST(client.pool().idle == 1u);
      ForkedChild child{[&] { return told(client.create(buyer(id("child-")))); }};
      const auto parents = told(client.create(buyer(id("parent-"))));
      const auto childs = child.words();
      BOOST_TEST(parents == id_in_ledger(f.sandbox, id("parent-")));
      BOOST_TEST(childs == id_in_ledger(f.sandbox, id("child-")));
    }
    // The parent's connection has carried all of its calls; each child opened one.
    BOOST_TEST(client.pool().opened == 1u);
    BOOST_TEST(f.sandbox.connection_count() == 31u);
  }
}

BOOST_AUTO_TEST_CASE(asynchronous_calls_complete_in_the_child) {
  StripeFixture f;
  Client<StripePolicy> client{f.credentials(), options_by_address(f.sandbox)};
  BOOST_TEST(take(client.async_create(buyer("m-1"), asio::use_future)).has_value());
  // How a child ends by exit() is tried in a program of its own: process_exit.
  ForkedChild child{[&] {
    auto future = client.async_create(buyer("child"), asio::use_future);
    if (future.wait_for(20s) != std::future_status::ready) return string{"hangs"};
    return told(future.get());
  }};
  const string words = child.words();  // before the ledger is asked
  BOOST_TEST(words == id_in_ledger(f.sandbox, "child"));
  BOOST_TEST(f.sandbox.count("child") == 1u);
  BOOST_TEST(take(client.async_create(buyer("m-2"), asio::use_future)).has_value());
  BOOST_TEST(client.pool().opened == 1u);
}

BOOST_AUTO_TEST_CASE(whatever_other_threads_are_doing) {
  struct Way {
    bool tls;
    std::chrono::milliseconds age;  // of connections: there are few handshakes, or many
  };
  for (const auto& [tls, age] : {Way{false, 10min}, Way{true, 10min}, Way{true, 1ms}}) {
    SandboxOptions server;
    server.tls = tls;
    server.threads = 2;
    StripeFixture f{server};
    auto options = options_by_address(f.sandbox);
    options.pool.max_connections = 2;
    options.pool.max_age = age;
    Client<StripePolicy> client{f.credentials(), options};
    std::atomic<bool> stop{false};
    std::vector<std::thread> busy;
    for (int t = 0; t < 4; ++t)
      busy.emplace_back([&, t] {
        for (int i = 0; !stop; ++i) {
          const auto request = buyer("busy-" + std::to_string(t) + '-' + std::to_string(i % 10));
          if (i % 2 == 0) {
            static_cast<void>(client.create(request));
          } else {
            static_cast<void>(take(client.async_create(request, asio::use_future)));
          }
        }
      });
    for (int i = 0; i < 30; ++i) {
      const string id = "child-" + std::to_string(i);
      ForkedChild child{[&] {
        if (i % 2 == 0) return told(client.create(buyer(id)));
        auto future = client.async_create(buyer(id), asio::use_future);
        return future.wait_for(20s) == std::future_status::ready ? told(future.get())
                                                                 : string{"hangs"};
      }};
      const auto words = child.words();
      BOOST_TEST(words == id_in_ledger(f.sandbox, id));
    }
    stop = true;
    for (auto& thread : busy) thread.join();
  }
}

BOOST_AUTO_TEST_CASE(pending_calls_are_the_parents) {
  enum class Place { resolve, connect, read, queue, backoff };
  for (const Place place :
       {Place::resolve, Place::connect, Place::read, Place::queue, Place::backoff}) {
    BOOST_TEST_INFO_SCOPE("place " << static_cast<int>(place));
    StripeFixture f;
    asio::io_context context;
    auto options = options_by_address(f.sandbox);
    options.pool.max_connections = 1;
    options.deadline = 3s;
    options.retry.first_backoff = 1s;
    Client<StripePolicy> client{context.get_executor(), f.credentials(), options};
    int ended = 0;
    string first;
    string second;
    f.sandbox.fault(place == Place::backoff ? Fault{.kind = Kind::rate_limited}
                                            : Fault{.kind = Kind::delay, .delay = 1s});
    client.async_create(buyer("first"), [&](const Answer& answer) {
      first = told(answer);
      ++ended;
    });
    if (place == Place::queue)
      client.async_create(buyer("second"), [&](const Answer& answer) {
        second = told(answer);
        ++ended;
      });
    const bool opens = place == Place::resolve || place == Place::connect;
    if (place == Place::connect) context.poll_one();  // what is connected is there, and not taken
    while (!opens &&
           (f.sandbox.request_count() == 0 || (place == Place::backoff && client.pool().busy != 0)))
      context.run_for(5ms);
    BOOST_TEST_REQUIRE(ended == 0);
    context.notify_fork(asio::execution_context::fork_prepare);
    ForkedChild child{[&] {
      context.notify_fork(asio::execution_context::fork_child);
      // A call of the child's own meanwhile, over a connection of its own.
      const auto own = told(client.create(buyer("child")));
      context.run();
      return own + ", " + first + ", " + second;
    }};
    context.notify_fork(asio::execution_context::fork_parent);
    context.run();
    const string lost = "connection_lost unknown";
    const auto words = child.words();
    BOOST_TEST(words == id_in_ledger(f.sandbox, "child") + ", " + lost + ", " +
                            (place == Place::queue ? lost : string{}));
    BOOST_TEST(first == id_in_ledger(f.sandbox, "first"));
    if (place == Place::queue) BOOST_TEST(second == id_in_ledger(f.sandbox, "second"));
    BOOST_TEST(client.pool().opened == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_pending_call_ends_in_the_child_at_its_deadline) {
  StripeFixture f;
  asio::io_context context;
  Client<StripePolicy> client{context.get_executor(), f.credentials(),
                              options_by_address(f.sandbox)};
  string first;
  // No answer, not a late one: a child may take long to end.
  f.sandbox.fault({.kind = Kind::silent});
  client.async_create(buyer("first"), {.deadline = 1s, .retries = 0},
                      [&](const Answer& answer) { first = told(answer); });
  while (f.sandbox.request_count() == 0) context.run_for(5ms);
  context.notify_fork(asio::execution_context::fork_prepare);
  ForkedChild child{[&] {
    context.notify_fork(asio::execution_context::fork_child);
    context.run();
    return first;
  }};
  BOOST_TEST(child.words() == "connection_lost unknown");
  // The child's end did not break the parent's connection: what comes there is the parent's doing.
  context.notify_fork(asio::execution_context::fork_parent);
  BOOST_TEST(first.empty());
  context.run();
  BOOST_TEST(first == "deadline_exceeded unknown");
}

BOOST_AUTO_TEST_CASE(a_child_does_not_go_on_with_its_parents_series) {
  florin::testing::Sandbox sandbox{florin::testing::stax()};
  asio::io_context context;
  auto options = options_by_address(sandbox);
  options.deadline = 5s;
  Client<florin::StaxPolicy> client{
      context.get_executor(), {.api_key = sandbox.credential()}, options};
  // The create is under way: a doubt about it would be settled by a look.
  sandbox.fault({.kind = Kind::none});
  sandbox.fault({.kind = Kind::delay, .delay = 1s});
  string ensured;
  client.async_ensure(buyer("m-1"), [&](const Answer& answer) { ensured = told(answer); });
  while (sandbox.request_count() < 2) context.run_for(5ms);
  BOOST_TEST_REQUIRE(ensured.empty());
  context.notify_fork(asio::execution_context::fork_prepare);
  ForkedChild child{[&] {
    context.notify_fork(asio::execution_context::fork_child);
    context.run();
    // It is none of those that this process waits for.
    return ensured + ", " + std::to_string(client.drain(0ms));
  }};
  context.notify_fork(asio::execution_context::fork_parent);
  BOOST_TEST(child.words() == "connection_lost unknown, 0");
  context.run();
  BOOST_TEST(ensured == id_in_ledger(sandbox, "m-1"));
  BOOST_TEST(sandbox.request_count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_child_waits_for_no_lock_that_another_thread_had) {
  asio::io_context context;
  const auto attempts = std::make_shared<florin::net::detail::Attempts>(
      context.get_executor(), florin::net::Endpoints{}, florin::net::ConnectOptions{});
  florin::detail::CallWatch watch;
  const std::scoped_lock all{attempts->mutex, watch.establishing, watch.mutex};
  ForkedChild child{[&] {
    attempts->report(0, asio::error::connection_refused);
    const florin::detail::EstablishingTurn turn{watch};
    watch.end_turn();
    watch.warn(watch.call);
    watch.cancel(watch.call);
    watch.forget();
    return string{turn.held() ? "held" : "not held"};
  }};
  BOOST_TEST(child.words() == "not held");
}

BOOST_AUTO_TEST_CASE(what_was_prepared_by_the_parent_is_not_begun) {
  StripeFixture f;
  Client<StripePolicy> client{f.credentials(), options_by_address(f.sandbox)};
  auto create = client.async_create(buyer("m-1"), asio::deferred);
  auto warm_up = client.async_warm_up(1, asio::deferred);
  ForkedChild child{[&] {
    std::promise<string> one;
    std::promise<string> two;
    std::move(create)([&](const Answer& answer) { one.set_value(told(answer)); });
    std::move(warm_up)([&](const florin::Result<void>& done) {
      two.set_value(done ? "warm" : string{to_string(done.error().outcome)});
    });
    return one.get_future().get() + ", " + two.get_future().get();
  }};
  BOOST_TEST(child.words() == "connection_lost no_effect, no_effect");
  std::promise<bool> done;
  std::move(create)([&](const Answer& answer) { done.set_value(answer.has_value()); });
  BOOST_TEST(done.get_future().get());
}

namespace {

/// Forks once, when a request has been written.
struct Forks {
  ::pid_t* child;
  void on_phase(const florin::PhaseEvent& event) const {
    if (event.phase != Phase::write || *child != -1) return;
    *child = ::fork();
    if (*child == 0) ::alarm(30);
  }
  void on_call(const florin::CallEvent&) const {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_blocking_call_that_forks_is_the_parents) {
  StripeFixture f;
  ::pid_t child = -1;
  Client<StripePolicy, Forks> client{f.credentials(), options_by_address(f.sandbox), Forks{&child}};
  const auto answer = client.create(buyer("m-1"));
  if (child == 0) {
    // What the child has of the parent's call is not used for a call of its own.
    const bool own = client.create(buyer("child")).has_value();
    ::_exit(told(answer) == "connection_lost unknown" && own ? 7 : 1);
  }
  BOOST_TEST(answer.has_value());
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 7));
  BOOST_TEST(client.create(buyer("m-2")).has_value());
  BOOST_TEST(client.pool().opened == 1u);
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_on_the_librarys_threads_ends_the_program) {
  StripeFixture f;
  ForkedChild child{[&] {
    std::set_terminate([] { ::_exit(0); });  // quietly
    Client<StripePolicy> client{f.credentials(), options_by_address(f.sandbox)};
    client.async_create(buyer("m-1"), [](const Answer&) { throw 1; });
    ::sleep(20);
    return string{"survived"};
  }};
  BOOST_TEST(child.words() == "");
  BOOST_TEST(f.sandbox.count("m-1") == 1u);
}

BOOST_AUTO_TEST_CASE(the_default_client_of_a_thread) {
  const Sandbox sandbox{florin::testing::stripe()};
  const ScopedFile roots{sandbox.ca_pem()};
  const ScopedVariable key{"STRIPE_API_KEY", sandbox.credential().c_str()};
  const ScopedVariable url{"STRIPE_BASE_URL", options_by_address(sandbox).base_url.c_str()};
  const ScopedVariable file{"STRIPE_CA_FILE", roots.path()};
  std::thread{[&] {
    BOOST_TEST(florin::create<StripePolicy>({.merchant_customer_id = "before"}).has_value());
    ForkedChild child{
        [] { return told(florin::create<StripePolicy>({.merchant_customer_id = "child"})); }};
    const auto parents = told(florin::create<StripePolicy>({.merchant_customer_id = "parent"}));
    const auto childs = child.words();
    BOOST_TEST(childs == id_in_ledger(sandbox, "child"));
    BOOST_TEST(parents == id_in_ledger(sandbox, "parent"));
  }}.join();
  BOOST_TEST(sandbox.connection_count() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
