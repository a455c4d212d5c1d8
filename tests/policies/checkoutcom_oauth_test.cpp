// SPDX-License-Identifier: Apache-2.0
// Checkout.com with an access key; all else is in checkoutcom_test.cpp.
#include <florin/policies/checkoutcom.hpp>
#include <florin/testing/processors/checkoutcom.hpp>

#include <boost/test/unit_test.hpp>

#include "policies/exchange.hpp"
#include "policies/token_exchange.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_checkoutcom_oauth)

using namespace florin_test;
using florin::CheckoutcomOauthPolicy;

static_assert(florin::ConnectorPolicy<CheckoutcomOauthPolicy>);
static_assert(florin::offers<CheckoutcomOauthPolicy, florin::FindByEmail>);

BOOST_AUTO_TEST_CASE(an_access_key_is_exchanged_for_a_token) {
  const CheckoutcomOauthPolicy::Credentials keys{.client_id = "fake_client_id",
                                                 .client_secret = "fake_client_secret"};
  const auto asked = ask_for_token<CheckoutcomOauthPolicy>(keys);
  BOOST_TEST(asked.has_line("POST /connect/token HTTP/1.1"));
  BOOST_TEST(asked.has_line("Host: access.checkout.com"));
  BOOST_TEST(asked.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(asked.has_line("Authorization: Basic ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0"));
  BOOST_TEST(asked.body ==
             "grant_type=client_credentials&scope=vault%3Acustomers&client_id=fake_client_id&"
             "client_secret=fake_client_secret");
  auto prefixed = keys;
  prefixed.prefix = "fakesub1";
  BOOST_TEST(
      ask_for_token<CheckoutcomOauthPolicy>(prefixed, {.environment = florin::Environment::sandbox})
          .has_line("Host: fakesub1.access.sandbox.checkout.com"));
  BOOST_TEST(summary(receive_token<CheckoutcomOauthPolicy>(
                 200, R"({"access_token":"eyFAKE","token_type":"Bearer","expires_in":3600})")) ==
             "success:eyFAKE");
  BOOST_TEST(summary(receive_token<CheckoutcomOauthPolicy>(400, R"({"error":"invalid_client"})")) ==
             "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive_token<CheckoutcomOauthPolicy>(400, R"({"error":"invalid_scope"})")) ==
             "forbidden/no_effect/403");

  const auto made =
      send<CheckoutcomOauthPolicy>(documented_request(), keys, {.access_token = "eyFAKE"});
  BOOST_TEST(made.has_line("Host: api.checkout.com"));
  BOOST_TEST(made.has_line("Authorization: Bearer eyFAKE"));
  BOOST_TEST(made.body.starts_with(R"({"email":"john.doe@example.com","name":"John Doe",)"));
}

namespace {

florin::testing::Processor processor() {
  return florin::testing::checkoutcom({.tokens = true});
}
florin_test::Trial trial() {
  return florin_test::trial_of<florin::CheckoutcomOauthPolicy>(processor());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::CheckoutcomOauthPolicy>(processor());
}

BOOST_AUTO_TEST_CASE(survives_faults) {
  florin_test::survives_faults(trial());
}

BOOST_AUTO_TEST_CASE(is_ensured_once) {
  florin_test::is_ensured_once(trial());
}

BOOST_AUTO_TEST_CASE(lives_under_faults) {
  florin_test::lives_under_faults(trial());
}

BOOST_AUTO_TEST_SUITE_END()
