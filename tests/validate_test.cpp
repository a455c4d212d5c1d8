// SPDX-License-Identifier: Apache-2.0
#include <florin/encode.hpp>
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

BOOST_AUTO_TEST_SUITE(validation)
namespace {

using florin::CreateRequest;
using florin::Errc;
using florin::Field;

CreateRequest buyer() {
  return {.merchant_customer_id = "m-1",
          .email = "ana@example.com",
          .name = "Ana Example",
          .phone = "+15555550100",
          .address = {.line1 = "1 Main Street",
                      .line2 = {},
                      .city = "Springfield",
                      .state = "IL",
                      .zip = "62701",
                      .country = "US"}};
}

template <class P>
void needs_no_credentials() {
  BOOST_TEST_CONTEXT(P::name) {
    auto request = buyer();
    const auto good = florin::validate<P>(request);
    BOOST_TEST(good.has_value(), (good ? std::string{} : good.error().what()));
    request.merchant_customer_id.clear();
    auto judged = florin::validate<P>(request);
    BOOST_TEST_REQUIRE(judged.has_error());
    BOOST_TEST((judged.error().code == Errc::missing_field));
    BOOST_TEST((judged.error().field == Field::merchant_customer_id));
    request = buyer();
    request.email = "ana\xff@example.com";
    judged = florin::validate<P>(request);
    BOOST_TEST_REQUIRE(judged.has_error());
    BOOST_TEST((judged.error().code == Errc::invalid_field));
    BOOST_TEST((judged.error().field == Field::email));
    BOOST_TEST((judged.error().outcome == florin::Outcome::no_effect));
    BOOST_TEST(judged.error().connector == P::name);
    BOOST_TEST(judged.error().status_code == 422);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_are_judged_without_credentials) {
  []<std::size_t... I>(std::index_sequence<I...>) {
    (needs_no_credentials<std::tuple_element_t<I, florin::AllPolicies>>(), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<florin::AllPolicies>>{});
}

BOOST_AUTO_TEST_CASE(any_form_of_a_request_is_taken) {
  using florin::StripePolicy;
  BOOST_TEST(florin::validate<StripePolicy>({.merchant_customer_id = "m-1"}).has_value());
  BOOST_TEST(
      florin::validate<StripePolicy>(florin::customer(florin::fields::merchant_customer_id = "m-1",
                                                      florin::fields::email = "a@b.example"))
          .has_value());
  const florin::CreateRequestView view{.merchant_customer_id = {}};
  BOOST_TEST(florin::validate<StripePolicy>(view).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
