// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/testing/processors/dwolla.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "client_fixture.hpp"
#include "starved.hpp"
#include "support/allocations.hpp"

/// Calls for which there is no memory.
BOOST_AUTO_TEST_SUITE(client_exhaustion)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using std::string;

/// Options that reach `sandbox` without asking a resolver.
ClientOptions options_by_address(const Sandbox& sandbox) {
  auto options = options_for(sandbox);
  options.base_url = "https://127.0.0.1:" + std::to_string(sandbox.port());
  options.pool.max_connections = 2;
  return options;
}

void check(const Sandbox& sandbox, const Answer& answer, const string& id) {
  if (answer) {
    BOOST_TEST(sandbox.count(id) == 1u);
    return;
  }
  const auto error = answer.error();
  BOOST_TEST((error.code == Errc::out_of_resources), error.what());
  BOOST_TEST(error.status_code == 503);
  if (error.outcome != Outcome::unknown)
    BOOST_TEST(sandbox.count(id) == (error.outcome == Outcome::in_effect ? 1u : 0u));
}

/// An asynchronous call of which each allocation fails in turn.
/// \param warm whether a connection, and a token, are there already.
template <class P>
void fail_each(const Sandbox& sandbox, const typename P::Credentials& credentials, bool warm) {
  asio::io_context context;
  std::optional<Client<P>> client;
  bool failed = true;
  std::size_t n = 0;
  std::size_t lost = 0;
  for (; failed && n < 2000; ++n) {
    BOOST_TEST_INFO_SCOPE((warm ? "warm, allocation " : "cold, allocation ") << n);
    if (!warm || !client) {
      client.emplace(context.get_executor(), credentials, options_by_address(sandbox));
      if (warm) BOOST_TEST(client->create(buyer("warm")).has_value());
    }
    const string id = (warm ? "warm-async-" : "cold-async-") + std::to_string(n);
    auto request = buyer(id);
    request.email = id + "@example.com";  // what Dwolla knows a customer by
    std::optional<Answer> answer;
    const Starved starved{context, n, [&](const auto& told) {
                            client->async_create(request, [&](Answer&& result) {
                              told();
                              answer.emplace(std::move(result));
                            });
                          }};
    failed = starved.failed();
    BOOST_TEST(starved.ends() == 1);
    lost += starved.thrown();
    if (answer) check(sandbox, *answer, id);
    BOOST_TEST(client->pool().busy == 0u);
    BOOST_TEST(client->pool().queued == 0u);
    const auto again = client->create(request);
    if constexpr (florin::has_idempotency<P>) {
      BOOST_TEST(again.has_value());
      BOOST_TEST(sandbox.count(id) == 1u);
    }
  }
  BOOST_TEST(n < 2000u);
  BOOST_TEST_MESSAGE(n << " allocations, of which Asio's own " << lost);
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_allocation_of_a_blocking_call_may_fail) {
  StripeFixture f;
  for (const bool warm : {true, false}) {
    std::optional<Client<StripePolicy>> client;
    bool failed = true;
    std::size_t n = 0;
    for (; failed && n < 1000; ++n) {
      BOOST_TEST_INFO_SCOPE((warm ? "warm, allocation " : "cold, allocation ") << n);
      if (!warm || !client) {
        client.emplace(f.credentials(), options_by_address(f.sandbox));
        if (warm) BOOST_TEST(client->create(buyer("warm")).has_value());
      }
      const string id = (warm ? "warm-" : "cold-") + std::to_string(n);
      const auto request = buyer(id);
      std::optional<Answer> answer;
      {
        AllocationFailure failure{n};
        answer.emplace(client->create(request));
        failed = failure.happened();
      }
      check(f.sandbox, *answer, id);
      BOOST_TEST(client->pool().busy == 0u);
      BOOST_TEST(client->pool().queued == 0u);
      BOOST_TEST(client->create(request).has_value());
      BOOST_TEST(f.sandbox.count(id) == 1u);
    }
    BOOST_TEST(n < 1000u);
    BOOST_TEST_MESSAGE(n << " allocations");
  }
}

BOOST_AUTO_TEST_CASE(each_allocation_of_an_asynchronous_call_may_fail) {
  StripeFixture f;
  for (const bool warm : {true, false}) fail_each<StripePolicy>(f.sandbox, f.credentials(), warm);
}

BOOST_AUTO_TEST_CASE(each_allocation_of_an_asynchronous_call_with_a_token_may_fail) {
  Sandbox sandbox{florin::testing::dwolla()};
  const florin::DwollaPolicy::Credentials credentials{.client_id = "fake_client_id",
                                                      .client_secret = "fake_client_secret"};
  for (const bool warm : {true, false}) fail_each<florin::DwollaPolicy>(sandbox, credentials, warm);
}

BOOST_AUTO_TEST_SUITE_END()
