// SPDX-License-Identifier: Apache-2.0
#include <florin/environment.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "scoped_variable.hpp"

BOOST_AUTO_TEST_SUITE(environment)
namespace {

using florin::Environment;
using florin::StripePolicy;
using florin_test::ScopedVariable;

}  // namespace

BOOST_AUTO_TEST_CASE(variables_are_named_after_connector_and_setting) {
  BOOST_TEST(florin::detail::variable_name("stripe", "api_key") == "STRIPE_API_KEY");
  BOOST_TEST(florin::detail::variable_name("a1", "b_2") == "A1_B_2");
}

BOOST_AUTO_TEST_CASE(credentials_come_from_variables) {
  const ScopedVariable key{"STRIPE_API_KEY", "sk_test_EXAMPLE"};
  {
    const ScopedVariable account{"STRIPE_ACCOUNT", "acct_1"};
    const auto credentials = florin::credentials_from_environment<StripePolicy>();
    BOOST_TEST(credentials.api_key.reveal() == "sk_test_EXAMPLE");
    BOOST_TEST(credentials.account.value() == "acct_1");
  }
  const ScopedVariable account{"STRIPE_ACCOUNT", nullptr};
  BOOST_TEST(!florin::credentials_from_environment<StripePolicy>().account.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_unset_or_empty_stays_at_its_default) {
  for (const char* value : {static_cast<const char*>(nullptr), ""}) {
    const ScopedVariable key{"STRIPE_API_KEY", value};
    const ScopedVariable account{"STRIPE_ACCOUNT", value};
    const ScopedVariable world{"STRIPE_ENVIRONMENT", value};
    const ScopedVariable url{"STRIPE_BASE_URL", value};
    const ScopedVariable roots{"STRIPE_CA_FILE", value};
    const auto credentials = florin::credentials_from_environment<StripePolicy>();
    BOOST_TEST(credentials.api_key.empty());
    BOOST_TEST(!credentials.account.has_value());
    const auto options = florin::options_from_environment<StripePolicy>();
    BOOST_TEST((options.environment == Environment::live));
    BOOST_TEST(options.base_url.empty());
    BOOST_TEST(options.tls.ca_file.empty());
    BOOST_TEST(!options.insecure_plain_http);
  }
}

BOOST_AUTO_TEST_CASE(options_come_from_variables) {
  const ScopedVariable world{"STRIPE_ENVIRONMENT", "sandbox"};
  const ScopedVariable url{"STRIPE_BASE_URL", "https://localhost:8443"};
  const ScopedVariable roots{"STRIPE_CA_FILE", "roots.pem"};
  const ScopedVariable other{"FINIX_ENVIRONMENT", "live"};
  const auto options = florin::options_from_environment<StripePolicy>();
  BOOST_TEST((options.environment == Environment::sandbox));
  BOOST_TEST(options.base_url == "https://localhost:8443");
  BOOST_TEST(options.tls.ca_file == "roots.pem");
}

BOOST_AUTO_TEST_SUITE_END()
