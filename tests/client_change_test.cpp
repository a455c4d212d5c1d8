// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/dwolla.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"

/// Credentials and addresses that change while a client is in use.
BOOST_AUTO_TEST_SUITE(client_change)
namespace {

using namespace florin_test;
using Kind = florin::testing::Fault::Kind;
using florin::DwollaPolicy;
using std::string;

StripePolicy::Credentials wrong() {
  return {.api_key = "sk_test_wrong"};
}

/// Two processors at two addresses, with certificates of one authority.
struct Two {
  florin::testing::Authority authority;
  Sandbox first{florin::testing::stripe(), identity()};
  Sandbox second{florin::testing::stripe(), identity()};

  [[nodiscard]] SandboxOptions identity() const { return {.identity = authority.issue()}; }
  [[nodiscard]] Client<StripePolicy> connect(std::size_t connections = 64) const {
    auto options = options_for(first);
    options.tls.ca_pem = authority.certificate_pem();
    options.pool.max_connections = connections;
    return Client<StripePolicy>{StripePolicy::Credentials{.api_key = first.credential()}, options};
  }
  /// Whether what reached a processor was meant for it.
  static bool was_meant(const Sandbox& sandbox) {
    const auto host = sandbox.base_url().substr(string{"https://"}.size());
    const auto requests = sandbox.requests();
    return std::all_of(requests.begin(), requests.end(),
                       [&](const auto& request) { return request.header("host") == host; });
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(later_calls_use_new_credentials) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    Client<StripePolicy> client{wrong(), f.options()};
    auto copy = client;
    BOOST_TEST((error_of(call(client, async, buyer("m-1"))).code == Errc::unauthorized));
    copy.set_credentials(f.credentials());
    BOOST_TEST(call(client, async, buyer("m-1")).has_value());
    // A call's own credentials come before.
    const auto bad = wrong();
    BOOST_TEST((error_of(call(client, async, buyer("m-2"), {.credentials = &bad})).code ==
                Errc::unauthorized));
    client.set_credentials(wrong());
    BOOST_TEST((error_of(call(copy, async, buyer("m-3"))).code == Errc::unauthorized));
    BOOST_TEST(f.sandbox.count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_token_belongs_to_its_credentials) {
  Sandbox sandbox{florin::testing::dwolla()};
  sandbox.add_credential({.text = "other_id:other_secret"});
  const DwollaPolicy::Credentials first{.client_id = "fake_client_id",
                                        .client_secret = "fake_client_secret"};
  const DwollaPolicy::Credentials other{.client_id = "other_id", .client_secret = "other_secret"};
  const auto fetched = [&] {
    const auto requests = sandbox.requests();
    return std::count_if(requests.begin(), requests.end(),
                         [](const auto& request) { return request.target == "/token"; });
  };
  Client<DwollaPolicy> client{first, options_for(sandbox)};
  const auto person = [](string id) {
    auto one = buyer(id);
    one.email = id + "@example.com";
    return one;
  };
  for (const bool async : {false, true}) {
    BOOST_TEST(call(client, async, person(async ? "a" : "b")).has_value());
    BOOST_TEST(fetched() == (async ? 4 : 1));
    // A call that waits for its token goes on with what it began with.
    sandbox.expire_tokens();
    sandbox.fault({.kind = Kind::delay, .delay = 100ms});
    auto pending = client.async_create(person(async ? "c" : "d"), boost::asio::use_future);
    client.set_credentials(other);
    BOOST_TEST(take(std::move(pending)).has_value());
    BOOST_TEST(call(client, async, person(async ? "e" : "f")).has_value());
    client.set_credentials(first);
    BOOST_TEST(fetched() == (async ? 6 : 3));
    if (!async) sandbox.expire_tokens();
  }
}

BOOST_AUTO_TEST_CASE(credentials_change_while_others_call) {
  StripeFixture f;
  auto client = f.connect();
  std::atomic<bool> over{false};
  std::thread changes{[&] {
    while (!over) {
      client.set_credentials(wrong());
      client.set_credentials(f.credentials());
    }
  }};
  std::vector<std::thread> threads;
  std::atomic<std::size_t> created{0};
  std::atomic<std::size_t> unauthorized{0};
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 60; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto answer = i % 2 == 0
                                ? client.create(buyer(id))
                                : client.async_create(buyer(id), boost::asio::use_future).get();
        if (answer) {
          ++created;
        } else if (answer.error().code == Errc::unauthorized) {
          ++unauthorized;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  over = true;
  changes.join();
  BOOST_TEST(created + unauthorized == 120u);
  BOOST_TEST(f.sandbox.count() == created);
  BOOST_TEST(call(client, false, buyer("last")).has_value());
}

BOOST_AUTO_TEST_CASE(later_calls_go_to_the_new_address) {
  for (const bool async : {false, true}) {
    Two two;
    auto client = two.connect();
    auto copy = client;
    BOOST_TEST(client.warm_up(2).has_value());
    BOOST_TEST(call(client, async, buyer("a")).has_value());
    // A call that is pending goes on where it began.
    two.first.fault({.kind = Kind::delay, .delay = 200ms});
    auto pending = client.async_create(buyer("b"), boost::asio::use_future);
    BOOST_TEST(two.first.wait_for_requests(2, hang_guard));
    BOOST_TEST(copy.set_base_url(two.second.base_url()).has_value());
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST(call(client, async, buyer("c")).has_value());
    BOOST_TEST(take(std::move(pending)).has_value());
    // Its connection leads nowhere any more.
    BOOST_TEST(client.pool().idle == 1u);
    BOOST_TEST(client.warm_up(2).has_value());
    BOOST_TEST(two.second.connection_count() == 2u);
    BOOST_TEST(call(copy, async, buyer("d")).has_value());
    BOOST_TEST(two.first.count() == 2u);
    BOOST_TEST(two.second.count() == 2u);
    BOOST_TEST(two.second.count("c") + two.second.count("d") == 2u);
    // What cannot be used changes nothing.
    for (const char* const url : {"nowhere", "http://localhost", "https://a/b"}) {
      const auto refused = client.set_base_url(url);
      BOOST_TEST_REQUIRE(refused.has_error());
      BOOST_TEST((refused.error().code == Errc::invalid_options));
    }
    BOOST_TEST(call(client, async, buyer("e")).has_value());
    BOOST_TEST(two.second.count() == 3u);
    BOOST_TEST(Two::was_meant(two.first));
    BOOST_TEST(Two::was_meant(two.second));
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_could_not_be_used_gets_an_address) {
  StripeFixture f;
  auto options = f.options();
  options.base_url = "nowhere";
  auto client = f.connect(options);
  BOOST_TEST(client.ready().has_error());
  BOOST_TEST(client.set_base_url(f.sandbox.base_url()).has_value());
  BOOST_TEST(client.ready().has_value());
  BOOST_TEST(call(client, false, buyer("m-1")).has_value());
  BOOST_TEST(call(client, true, buyer("m-2")).has_value());
}

BOOST_AUTO_TEST_CASE(queued_calls_of_two_addresses_share_the_connections) {
  Two two;
  auto client = two.connect(1);
  two.first.fault({.kind = Kind::delay, .delay = 1500ms});
  std::vector<std::future<Answer>> answers;
  answers.push_back(client.async_create(buyer("a"), boost::asio::use_future));
  BOOST_TEST(two.first.wait_for_requests(1, hang_guard));
  const auto queue = [&](const char* id) {
    const auto queued = client.pool().queued;
    if (queued % 2 == 0) {
      answers.push_back(client.async_create(buyer(id), boost::asio::use_future));
    } else {
      answers.push_back(std::async(std::launch::async,
                                   [client, id]() mutable { return client.create(buyer(id)); }));
    }
    while (client.pool().queued == queued) std::this_thread::yield();
  };
  queue("b");
  queue("c");
  BOOST_TEST(client.set_base_url(two.second.base_url()).has_value());
  queue("d");
  queue("e");
  BOOST_TEST(client.set_base_url(two.first.base_url()).has_value());
  queue("f");
  for (auto& answer : answers) BOOST_TEST(take(std::move(answer)).has_value());
  for (const char* const id : {"a", "b", "c", "f"}) BOOST_TEST(two.first.count(id) == 1u);
  for (const char* const id : {"d", "e"}) BOOST_TEST(two.second.count(id) == 1u);
  BOOST_TEST(Two::was_meant(two.first));
  BOOST_TEST(Two::was_meant(two.second));
}

BOOST_AUTO_TEST_CASE(the_address_changes_while_others_call) {
  Two two;
  auto client = two.connect(2);
  std::atomic<bool> over{false};
  std::atomic<int> failed{0};
  std::thread changes{[&] {
    while (!over) {
      for (const auto* const sandbox : {&two.second, &two.first})
        failed += client.set_base_url(sandbox->base_url()).has_error() ? 1 : 0;
      std::this_thread::yield();
    }
  }};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto answer = i % 2 == 0
                                ? client.create(buyer(id))
                                : client.async_create(buyer(id), boost::asio::use_future).get();
        failed += answer ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  over = true;
  changes.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(two.first.count() + two.second.count() == 120u);
  BOOST_TEST(Two::was_meant(two.first));
  BOOST_TEST(Two::was_meant(two.second));
}

BOOST_AUTO_TEST_SUITE_END()
