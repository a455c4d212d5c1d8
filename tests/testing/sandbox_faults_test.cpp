// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "stripe_calls.hpp"

/// How a sandbox misbehaves.
BOOST_AUTO_TEST_SUITE(testing_sandbox_faults)

namespace {

using namespace florin::testing;
using namespace florin_test;
using namespace florin_test::stripe_calls;
using namespace std::chrono_literals;
using Kind = Fault::Kind;
using std::string;

}  // namespace

BOOST_AUTO_TEST_CASE(faults_happen_in_order_and_so_often_as_said) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::server_error, .status = 503, .times = 2});
  sandbox.fault({});
  sandbox.fault({.kind = Kind::rate_limited});
  std::vector<int> seen;
  for (int i = 0; i < 5; ++i) seen.push_back(create(client, "").status);
  BOOST_TEST(seen == (std::vector<int>{503, 503, 200, 429, 200}));
  sandbox.fault({.kind = Kind::rate_limited});
  sandbox.clear_faults();
  BOOST_TEST(create(client, "").status == 200);
}

BOOST_AUTO_TEST_CASE(rate_limited_and_server_error_answer_as_documented) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::rate_limited, .store = true, .retry_after = "7"});
  const RawAnswer limited = create(client, "");
  BOOST_TEST(limited.status == 429);
  BOOST_TEST(limited.text("/error/code") == "rate_limit");
  BOOST_TEST(limited.header("Retry-After") == "7");
  BOOST_TEST(sandbox.count() == 0u);
  sandbox.fault({.kind = Kind::rate_limited});
  BOOST_TEST(create(client, "").header("Retry-After") == "(absent)");

  sandbox.fault({.kind = Kind::server_error,
                 .store = true,
                 .status = 502,
                 .headers = {{"Stripe-Should-Retry", "false"}}});
  const RawAnswer failed = create(client, "name=a", keyed("k"));
  BOOST_TEST(failed.status == 502);
  BOOST_TEST(failed.text("/error/type") == "api_error");
  BOOST_TEST(failed.header("Stripe-Should-Retry") == "false");
  BOOST_TEST(sandbox.count() == 1u);
  BOOST_TEST(create(client, "name=a", keyed("k")).status == 200);
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_reset_before_reading_leaves_nothing_behind) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::reset_before_read});
  error_code ec;
  client.send(on_the_wire("name=a"));
  BOOST_TEST(client.drain(ec).empty());
  BOOST_TEST((ec == asio::error::connection_reset));
  BOOST_TEST(sandbox.request_count() == 0u);
  BOOST_TEST(sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_can_be_cut_anywhere_by_reset_or_orderly_end) {
  Sandbox sandbox(stripe());
  std::size_t stored = 0;
  for (const bool orderly : {false, true}) {
    for (const bool store : {false, true}) {
      for (const std::size_t bytes : {0u, 1u, 40u, 200u, 100'000u}) {
        RawClient client(sandbox);
        sandbox.fault(
            {.kind = orderly ? Kind::truncate : Kind::reset_after, .store = store, .bytes = bytes});
        client.send(on_the_wire("name=a"));
        error_code ec;
        const string got = client.drain(ec);
        if (bytes == 100'000)
          BOOST_TEST(got.ends_with("}"));
        else
          BOOST_TEST(got.size() == bytes);
        if (bytes >= 40) BOOST_TEST(got.starts_with(store ? "HTTP/1.1 200" : "HTTP/1.1 500"));
        if (orderly)
          BOOST_TEST((ec == asio::error::eof));
        else
          BOOST_TEST((ec == asio::error::connection_reset));
        if (store) ++stored;
        BOOST_TEST(sandbox.count() == stored);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_settled_by_the_idempotency_key) {
  Sandbox sandbox(stripe());
  sandbox.fault({.kind = Kind::reset_after, .store = true});
  {
    RawClient client(sandbox);
    client.send(http::verb::post, "/v1/customers", "name=a", keyed("k"));
    error_code ec;
    BOOST_TEST(client.drain(ec).empty());
  }
  RawClient client(sandbox);
  const RawAnswer answer = create(client, "name=a", keyed("k"));
  BOOST_TEST(answer.header("Idempotent-Replayed") == "true");
  BOOST_TEST(answer.text("/id") == sandbox.customers().at(0).id);
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(garbage_keeps_the_promise_of_http_only) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::garbage, .store = true});
  const RawAnswer cut = create(client, "name=a");
  BOOST_TEST(cut.status == 200);
  BOOST_CHECK_THROW(cut.json(), boost::system::system_error);
  BOOST_TEST(sandbox.count() == 1u);
  sandbox.fault({.kind = Kind::garbage, .status = 502, .body = "<html></html>"});
  const RawAnswer page = create(client, "name=a");
  BOOST_TEST(page.status == 502);
  BOOST_TEST(page.message.body() == "<html></html>");
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_http_message) {
  Sandbox sandbox(stripe());
  for (const bool store : {false, true}) {
    RawClient client(sandbox);
    sandbox.fault({.kind = Kind::not_http, .store = store});
    client.send(on_the_wire("name=a"));
    error_code ec;
    client.receive(ec);
    BOOST_TEST((ec == http::error::bad_version));
    BOOST_TEST(sandbox.count() == (store ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(a_promise_of_keep_alive_can_be_broken) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::close_after});
  const RawAnswer answer = create(client, "name=a");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("Connection") == "keep-alive");
  error_code ec;
  BOOST_TEST(client.drain(ec).empty());
  BOOST_TEST((ec == asio::error::eof));
}

BOOST_AUTO_TEST_CASE(valid_answers_can_come_in_unusual_ways) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::slow});
  BOOST_TEST(create(client, "name=Slow").text("/name") == "Slow");
  sandbox.fault({.kind = Kind::slow, .delay = 1ms});
  BOOST_TEST(create(client, "name=Slower").text("/name") == "Slower");
  for (const std::size_t bytes : {0u, 1u, 1000u}) {
    sandbox.fault({.kind = Kind::chunked, .bytes = bytes});
    const RawAnswer chunked = create(client, "name=Chunked");
    BOOST_TEST(chunked.message.chunked());
    BOOST_TEST(chunked.header("Content-Length") == "(absent)");
    BOOST_TEST(chunked.text("/name") == "Chunked");
  }
  sandbox.fault({.kind = Kind::continue_100});
  client.send(on_the_wire("name=Continued"));
  BOOST_TEST(client.receive().status == 100);
  BOOST_TEST(client.receive().text("/name") == "Continued");
  BOOST_TEST(sandbox.connection_count() == 1u);
  BOOST_TEST(sandbox.count() == 6u);
}

BOOST_AUTO_TEST_CASE(a_delay_lies_before_or_after_the_execution) {
  Sandbox sandbox(stripe());
  RawClient waiting(sandbox);
  sandbox.fault({.kind = Kind::delay, .delay = 1ms});
  BOOST_TEST(create(waiting, "name=a").status == 200);
  sandbox.fault({.kind = Kind::delay, .store = true, .delay = 1ms});
  BOOST_TEST(create(waiting, "name=b").status == 200);
  BOOST_TEST(sandbox.count() == 2u);

  // One who leaves during a delay before the execution is not served any more. The other request's
  // delay ends later, so that by its answer the first one's fate is decided.
  RawClient leaving(sandbox);
  sandbox.fault({.kind = Kind::delay, .delay = 1000ms});
  leaving.send(on_the_wire("name=left"));
  BOOST_REQUIRE(sandbox.wait_for_requests(3, guard));
  leaving.close();
  sandbox.fault({.kind = Kind::delay, .delay = 1500ms});
  BOOST_TEST(create(waiting, "name=stayed").status == 200);
  BOOST_TEST(sandbox.count() == 3u);
  BOOST_TEST(sandbox.customers().back().field("name").value() == "stayed");
}

BOOST_AUTO_TEST_CASE(what_is_late_is_executed_for_one_who_has_left_too) {
  Sandbox sandbox(stripe());
  RawClient staying(sandbox);
  sandbox.fault({.kind = Kind::late, .delay = 1ms});
  BOOST_TEST(create(staying, "name=a").status == 200);
  RawClient leaving(sandbox);
  sandbox.fault({.kind = Kind::late, .delay = 500ms});
  leaving.send(on_the_wire("name=left"));
  BOOST_REQUIRE(sandbox.wait_for_requests(2, guard));
  leaving.close();
  sandbox.fault({.kind = Kind::late, .delay = 1000ms});
  BOOST_TEST(create(staying, "name=stayed").status == 200);
  BOOST_TEST(sandbox.count() == 3u);
  BOOST_TEST(sandbox.customers()[1].field("name").value() == "left");
}

BOOST_AUTO_TEST_CASE(silence_lasts_until_the_sandbox_goes) {
  for (const bool store : {false, true}) {
    std::optional<Sandbox> sandbox;
    sandbox.emplace(stripe());
    RawClient client(*sandbox);
    sandbox->fault({.kind = Kind::silent, .store = store});
    client.send(on_the_wire("name=a"));
    BOOST_REQUIRE(sandbox->wait_for_requests(1, guard));
    RawClient other(*sandbox);
    BOOST_TEST(create(other, "name=b").status == 200);
    BOOST_TEST(sandbox->count() == (store ? 2u : 1u));
    sandbox.reset();
    error_code ec;
    BOOST_TEST(client.drain(ec).empty());
    BOOST_TEST(ec.failed());
  }
}

BOOST_AUTO_TEST_CASE(chance_is_reproducible) {
  const FaultMix mix{.shares = {{0.25, {.kind = Kind::server_error, .status = 503}},
                                {0.25, {.kind = Kind::rate_limited}}}};
  const auto run = [&](std::uint64_t seed) {
    Sandbox sandbox(stripe());
    RawClient client(sandbox);
    sandbox.random_faults(mix, seed);
    std::vector<int> seen;
    for (int i = 0; i < 100; ++i) seen.push_back(create(client, "").status);
    sandbox.random_faults({}, 0);
    for (int i = 0; i < 20; ++i) BOOST_TEST(create(client, "").status == 200);
    return seen;
  };
  const std::vector<int> first = run(1);
  BOOST_TEST(first == run(1));
  BOOST_TEST(first != run(2));
  for (const int status : {200, 429, 503})
    BOOST_TEST(std::count(first.begin(), first.end(), status) > 10);
  Sandbox sandbox(stripe());
  BOOST_CHECK_THROW(sandbox.random_faults({.shares = {{0.7, {}}, {0.7, {}}}}, 0),
                    std::invalid_argument);
  BOOST_CHECK_THROW(sandbox.random_faults({.shares = {{-0.1, {}}}}, 0), std::invalid_argument);
}

// Connections -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_reset_can_come_at_any_byte_of_a_request) {
  Sandbox sandbox(stripe());
  const string request = on_the_wire("name=a");
  for (std::size_t bytes = 0; bytes < request.size() + 2; ++bytes) {
    sandbox.fault({.kind = Kind::reset_before_read, .bytes = bytes});
    RawClient client(sandbox);
    error_code ec;
    client.send(request.substr(0, bytes));
    client.send(request.substr(std::min(bytes, request.size())));
    BOOST_TEST(client.drain(ec).empty());
    BOOST_TEST((ec == asio::error::connection_reset), bytes << ": " << ec.message());
  }
  BOOST_TEST(sandbox.count() == 0u);
  RawClient client(sandbox);
  BOOST_TEST(create(client, "name=a").status == 200);
}

BOOST_AUTO_TEST_CASE(what_is_abandoned_goes_on_for_a_while) {
  Sandbox sandbox(stripe());
  for (const bool store : {false, true}) {
    const string name = store ? "key-1" : "key-2";
    sandbox.fault({.kind = Kind::abandon, .store = store, .delay = 300ms});
    RawClient lost(sandbox);
    error_code ec;
    string request = on_the_wire("name=a");
    request.insert(request.find("Content-Type"), "Idempotency-Key: " + name + "\r\n");
    lost.send(request);
    BOOST_TEST(lost.drain(ec).empty());
    BOOST_TEST((ec == asio::error::connection_reset));
    RawClient client(sandbox);
    auto again = create(client, "name=a", keyed(name));
    if (store) {
      BOOST_TEST(again.status == 409);
      BOOST_TEST(again.text("/error/code") == "idempotency_key_in_use");
      const auto limit = std::chrono::steady_clock::now() + guard;
      while (again.status == 409 && std::chrono::steady_clock::now() < limit)
        again = create(client, "name=a", keyed(name));
      BOOST_TEST(again.header("Idempotent-Replayed") == "true");
    }
    BOOST_TEST(again.status == 200);
  }
  BOOST_TEST(sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_length_can_be_a_lie) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const auto whole = create(client, "name=a").message.body();
  for (const std::size_t bytes : {0u, 7u, 100'000u}) {
    sandbox.fault({.kind = Kind::wrong_length, .bytes = bytes});
    RawClient other(sandbox);
    const auto answer = create(other, "name=a");
    BOOST_TEST(answer.status == 200);
    const std::size_t missing = std::min(std::max<std::size_t>(bytes, 1), whole.size());
    BOOST_TEST(answer.message.body().size() == whole.size() - missing);
  }
  BOOST_TEST(sandbox.count() == 4u);
}

BOOST_AUTO_TEST_CASE(it_can_be_started_again) {
  Sandbox sandbox(stripe(), {.threads = 2});
  RawClient client(sandbox);
  BOOST_TEST(create(client, "name=a").status == 200);
  const auto port = sandbox.port();
  for (int i = 0; i < 3; ++i) {
    sandbox.restart(1ms);
    BOOST_TEST(sandbox.port() == port);
    RawClient next(sandbox);
    BOOST_TEST(create(next, "name=a").status == 200);
  }
  error_code ec;
  BOOST_TEST(client.drain(ec).empty());
  BOOST_TEST((ec == asio::error::connection_reset));
  BOOST_TEST(sandbox.count() == 4u);
}

BOOST_AUTO_TEST_CASE(its_certificate_can_be_renewed) {
  Sandbox sandbox(stripe());
  RawClient before(sandbox);
  BOOST_TEST(create(before, "name=a").status == 200);
  sandbox.renew_certificate();
  RawClient after(sandbox);
  BOOST_TEST(create(after, "name=a").status == 200);
  BOOST_TEST(create(before, "name=a").status == 200);
  using florin::testing::detail::CertificatePointer;
  const CertificatePointer first(SSL_get1_peer_certificate(before.native()));
  const CertificatePointer second(SSL_get1_peer_certificate(after.native()));
  BOOST_TEST(X509_cmp(first.get(), second.get()) != 0);
  Sandbox plain(stripe(), {.tls = false});
  BOOST_CHECK_THROW(plain.renew_certificate(), std::logic_error);
  const auto given = Authority().issue();
  Sandbox own(stripe(), {.identity = given});
  BOOST_CHECK_THROW(own.renew_certificate(), std::logic_error);
  own.renew_certificate(given);
}

BOOST_AUTO_TEST_SUITE_END()
