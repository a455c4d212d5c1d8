// SPDX-License-Identifier: Apache-2.0
#include <florin/encode.hpp>
#include <florin/masked.hpp>
#include <florin/policies.hpp>
#include <florin/wire/normal_form.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "policies/exchange.hpp"

BOOST_AUTO_TEST_SUITE(wire_normal_form)
namespace {

using florin::CreateRequest;
using florin::CreateRequestView;
using florin::Errc;
using florin::Field;
using florin_test::full_request;
using std::string;
using std::string_view;

/// The request as `normalise` leaves it.
constexpr CreateRequestView normal_form(CreateRequestView request) {
  florin::wire::normalise(request);
  return request;
}

static_assert(normal_form({.address = {.country = "gb"}}).address.country == "GB");
static_assert(normal_form({.name = " \t"}).given() == florin::FieldSet{});

/// A request that a policy can send.
template <class P>
CreateRequest request_for() {
  CreateRequest request = full_request();
  for (const string_view other_metadata : {"cybersource", "nmi"})
    if (P::name == other_metadata) request.metadata = {};
  return request;
}

/// What a policy sends for a request, or why it does not.
template <class P>
string sent(const CreateRequest& request) {
  florin::EncodeOptions options{.idempotency_key = "key0000000001",
                                .access_token = "token-1",
                                .salt = "saltsalt",
                                .timestamp = 1'700'000'001};
  if (florin::takes_payment_token<P, florin::Create>) options.payment_token = "token-2";
  typename P::Credentials credentials;
  P::CredentialNames::describe([&]<class Part>() {
    if (!Part::optional) credentials.*Part::member = "c2VjcmV0";  // base64, and a label of a host
  });
  florin::EncodedRequest out;
  const auto result = florin::encode<P>(request, credentials, options, out);
  if (result) return string{out.bytes()} + (out.dropped().contains(Field::name) ? "dropped" : "");
  const florin::Error error = result.error();
  return string{to_string(error.code)} + ' ' + error.param + ' ' + string{error.reason};
}

/// Calls `test` with each policy.
template <class Test>
void for_each_policy(Test test) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (test.template operator()<std::tuple_element_t<I, florin::AllPolicies>>(), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<florin::AllPolicies>>{});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_text_of_white_space_is_absent) {
  constexpr string_view blank = " \t\r\n ";
  const CreateRequestView all{.merchant_customer_id = blank,
                              .email = blank,
                              .name = blank,
                              .phone = blank,
                              .description = blank,
                              .address = {.line1 = blank,
                                          .line2 = blank,
                                          .city = blank,
                                          .state = blank,
                                          .zip = blank,
                                          .country = blank}};
  BOOST_TEST((normal_form(all).given() == florin::FieldSet{}));
  const CreateRequest text{.merchant_customer_id = " m ", .name = " Ana "};
  BOOST_TEST(normal_form(text).merchant_customer_id == " m ");
  BOOST_TEST(normal_form(text).name == " Ana ");
  const CreateRequest wide{.merchant_customer_id = "m", .name = "\xE3\x80\x80\xC2\xA0"};
  BOOST_TEST((normal_form(wide).given() == florin::FieldSet{Field::merchant_customer_id}));
  // The caller's own data are nobody else's to judge.
  const CreateRequest noted{.metadata = {{" ", " "}}};
  BOOST_TEST(normal_form(noted).metadata[0].value == " ");
}

BOOST_AUTO_TEST_CASE(what_is_given_in_normal_form_is_told) {
  const CreateRequest request{.merchant_customer_id = "m",
                              .email = "\t",
                              .name = "\xC3\xA9",  // not a character below a blank
                              .description = " ",
                              .metadata = {{" ", " "}},
                              .address = {.line1 = "1", .country = "gb"}};
  CreateRequestView view = request;
  const florin::FieldSet given = florin::wire::normalise(view);
  BOOST_TEST((given == florin::FieldSet{Field::merchant_customer_id, Field::name, Field::metadata,
                                        Field::address_line1, Field::address_country}));
  BOOST_TEST((given == view.given()));
  BOOST_TEST(view.name == "\xC3\xA9");
  BOOST_TEST(view.address.country == "GB");
}

BOOST_AUTO_TEST_CASE(a_country_is_in_upper_case) {
  for (const string_view given : {"us", "Us", "uS", "US"})
    BOOST_TEST(normal_form({.address = {.country = given}}).address.country == "US");
  for (const string_view given : {"zz", "u", "usa", "1a", "\xC3\xA9"})
    BOOST_TEST(normal_form({.address = {.country = given}}).address.country == given);
}

BOOST_AUTO_TEST_CASE(every_policy_sends_the_same_for_a_country_in_either_case) {
  for_each_policy([]<class P>() {
    BOOST_TEST_CONTEXT(P::name) {
      CreateRequest request = request_for<P>();
      const string upper = sent<P>(request);
      BOOST_TEST(upper.starts_with("POST "), upper);
      for (const char* country : {"us", "Us"}) {
        request.address.country = country;
        BOOST_TEST(sent<P>(request) == upper);
      }
      for (const char* country : {"ZZ", "uk", "U1"}) {
        request.address.country = country;
        BOOST_TEST(sent<P>(request) ==
                   "invalid_field address.country is not an ISO 3166-1 alpha-2 code");
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(no_policy_sends_a_name_of_blanks) {
  for_each_policy([]<class P>() {
    BOOST_TEST_CONTEXT(P::name) {
      CreateRequest request = request_for<P>();
      request.name.clear();
      const string without = sent<P>(request);
      const bool required = florin::required_fields<P>.contains(Field::name);
      BOOST_TEST(without.starts_with(required ? "missing_field name" : "POST "), without);
      for (const char* name : {" ", "   ", " \t\r\n"}) {
        request.name = name;
        BOOST_TEST(sent<P>(request) == without);
      }
      request = request_for<P>();
      request.merchant_customer_id = "  ";
      BOOST_TEST(sent<P>(request) == "missing_field merchant_customer_id is required");
    }
  });
}

BOOST_AUTO_TEST_CASE(a_user_name_of_basic_with_a_colon_is_refused) {
  const CreateRequest request = full_request();
  const auto refused = [](const auto& result) {
    BOOST_TEST_REQUIRE(result.has_error());
    BOOST_TEST((result.error().code == Errc::invalid_credentials));
    BOOST_TEST(result.error().reason == "the user name of Basic has a colon");
  };
  florin::EncodedRequest out;
  refused(florin::encode<florin::FinixPolicy>(request, {.username = "a:b", .password = "c"}, out));
  refused(florin::encode<florin::BraintreePolicy>(request, {.public_key = ":", .private_key = "c"},
                                                  out));
  refused(florin::encode<florin::Shift4Policy>(request, {.api_key = "a:"}, out));
  refused(florin::masked_request<florin::Shift4Policy>(request, {.api_key = "a:"}));
  // A token exchange is refused with the call that needs it: nothing has been sent then.
  const florin::DwollaPolicy::Credentials dwolla{.client_id = "a:b", .client_secret = "c"};
  refused(florin::encode<florin::DwollaPolicy>(florin_test::documented_request(), dwolla,
                                               {.access_token = "t"}, out));
  refused(florin::encode<florin::DwollaPolicy, florin::FetchToken>(florin::TokenRequest{}, dwolla,
                                                                   out));
  // A password may have one, and so may a credential that is both.
  BOOST_TEST(florin::encode<florin::FinixPolicy>(request, {.username = "a", .password = "b:c"}, out)
                 .has_value());
  BOOST_TEST(florin::encode<florin::PaysafePolicy>(request, {.api_key = "a:b:c"}, out).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
