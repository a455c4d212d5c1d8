// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/dwolla.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "plain_policy.hpp"

/// A processor that is chosen at run time.
BOOST_AUTO_TEST_SUITE(any_client)
namespace {

using namespace florin_test;
using florin::AnyClient;
using florin::NamedCredentials;
using std::string;
using std::string_view;

/// Of all policies, which is what no list means, a client is made in any_client_secrets.
static_assert(std::is_same_v<decltype(AnyClient::make("stripe", {})), florin::Result<AnyClient>>);
using Known = std::tuple<florin::StripePolicy, florin::DwollaPolicy>;

NamedCredentials dwolla_credentials() {
  return {{"client_id", "fake_client_id"}, {"client_secret", "fake_client_secret"}};
}

Answer call(AnyClient& client, bool async, const CreateRequest& request,
            const florin::AnyCallOptions& options = {}) {
  return async ? take(client.async_create(request, options, boost::asio::use_future))
               : client.create(request, options);
}

void check_refused(const florin::Result<AnyClient>& made, Errc code, string_view param,
                   string_view says) {
  BOOST_TEST_REQUIRE(made.has_error());
  const auto& error = made.error();
  BOOST_TEST((error.code == code));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.param == param);
  BOOST_TEST(error.what().find(says) != string::npos, error.what());
}

struct Counter {
  int* calls;
  void* user_data = nullptr;
  static void on_phase(const florin::PhaseEvent&) {}
  void on_call(const florin::CallEvent& event) const {
    BOOST_TEST(event.user_data == user_data);
    ++*calls;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(one_type_for_every_processor) {
  const Sandbox stripe{florin::testing::stripe()};
  const Sandbox dwolla{florin::testing::dwolla()};
  std::vector<AnyClient> clients;
  clients.push_back(
      AnyClient::make<Known>("stripe", {{"api_key", stripe.credential()}}, options_for(stripe))
          .value());
  clients.push_back(
      AnyClient::make<Known>("dwolla", dwolla_credentials(), options_for(dwolla)).value());
  BOOST_TEST(clients[0].connector() == "stripe");
  BOOST_TEST(clients[1].connector() == "dwolla");
  for (auto& client : clients) {
    BOOST_TEST(client.ready().has_value());
    BOOST_TEST(client.warm_up(1).has_value());
    BOOST_TEST(take(client.async_warm_up(2, boost::asio::use_future)).has_value());
    BOOST_TEST(client.pool().idle == 2u);
    for (const bool async : {false, true}) {
      auto request = buyer(async ? "a" : "b");
      request.email = request.merchant_customer_id + "@example.com";
      const auto answer = call(client, async, request);
      BOOST_TEST_REQUIRE(answer.has_value(), (answer ? string{} : answer.error().what()));
      BOOST_TEST(answer->merchant_customer_id.view() == (async ? "a" : "b"));
      BOOST_TEST(!answer->connector_customer_id.view().empty());
      // What is wrong is told as a `Client` would.
      BOOST_TEST((error_of(call(client, async, buyer(""))).code == Errc::missing_field));
    }
    BOOST_TEST(client.validate(florin::CreateRequestView{}).has_error());
    client.close();
    BOOST_TEST(client.pool().idle == 0u);
    client.cancel_all();
    BOOST_TEST(client.drain(20s) == 0u);
    BOOST_TEST(take(client.async_drain(20s, boost::asio::use_future)) == 0u);
    BOOST_TEST((error_of(call(client, false, buyer("c"))).code == Errc::cancelled));
  }
  BOOST_TEST(stripe.count() == 2u);
  BOOST_TEST(dwolla.count() == 2u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_is_refused) {
  check_refused(AnyClient::make<Known>("strype", {{"api_key", "sk_test_1"}}), Errc::invalid_options,
                "", "no connector");
  check_refused(AnyClient::make<Known>("stripe", {}), Errc::invalid_credentials, "api_key",
                "api_key");
  check_refused(AnyClient::make<Known>("stripe", {{"api_key", ""}}), Errc::invalid_credentials,
                "api_key", "api_key");
  check_refused(AnyClient::make<Known>("dwolla", {{"client_id", "x"}}), Errc::invalid_credentials,
                "client_secret", "client_secret");
  check_refused(AnyClient::make<Known>("stripe", {{"api_key", "sk_test_1"}, {"client_id", "x"}}),
                Errc::invalid_credentials, "", "does not have");
  // Options that cannot be used are told by ready, as by a Client.
  auto made = AnyClient::make<Known>("stripe", {{"api_key", "sk_test_1"}}, {.base_url = "nowhere"});
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST((made->ready().error().code == Errc::invalid_options));
  BOOST_TEST((error_of(made->create(buyer("m-1"))).code == Errc::invalid_options));
}

BOOST_AUTO_TEST_CASE(options_credentials_and_observers_are_those_of_a_client) {
  const Sandbox sandbox{florin::testing::stripe()};
  int calls = 0;
  int number = 0;
  auto made = AnyClient::make<Known>("stripe", {{"api_key", "sk_wrong"}}, options_for(sandbox),
                                     Counter{&calls, &number});
  BOOST_TEST_REQUIRE(made.has_value());
  auto& client = *made;
  const florin::AnyCallOptions options{
      .idempotency_key = "key-1", .retries = 0, .user_data = &number};
  BOOST_TEST((error_of(call(client, false, buyer("m-1"), options)).code == Errc::unauthorized));
  BOOST_TEST(client.set_credentials({{"api_kee", "x"}}).error().param == "api_key");
  BOOST_TEST(client.set_credentials({{"api_key", sandbox.credential()}}).has_value());
  for (const bool async : {false, true}) {
    const auto answer = call(client, async, buyer("m-1"), options);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->idempotency_key.view() == "key-1");
  }
  BOOST_TEST(sandbox.count() == 1u);
  BOOST_TEST(calls == 3);
  BOOST_TEST(client.set_base_url("http://localhost").has_error());
}

BOOST_AUTO_TEST_CASE(policies_of_ones_own_are_among_them) {
  using Mine = std::tuple<florin::StripePolicy, PlainPolicy>;
  boost::asio::io_context context;
  auto made = AnyClient::make<Mine>(context.get_executor(), PlainPolicy::name, {{"token", "x"}},
                                    {.base_url = "https://localhost:1"});
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->connector() == PlainPolicy::name);
  BOOST_TEST(AnyClient::make<Mine>("dwolla", dwolla_credentials()).has_error());
  // A call goes with what runs it.
  bool called = false;
  made->async_create(buyer("m-1"), [&](const Answer&) { called = true; });
  made = AnyClient::make<Known>("stripe", {{"api_key", "x"}});
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_SUITE_END()
