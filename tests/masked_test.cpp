// SPDX-License-Identifier: Apache-2.0
#include <florin/create.hpp>
#include <florin/masked.hpp>
#include <florin/policies.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "compile_fail/parts.hpp"
#include "policies/exchange.hpp"
#include "support/form_text.hpp"

BOOST_AUTO_TEST_SUITE(masked)
namespace {

using florin::AuthorizedotnetPolicy;
using florin::Create;
using florin::EncodedRequest;
using florin::EncodeOptions;
using florin::Errc;
using florin::FetchToken;
using florin::RapydPolicy;
using florin::TokenRequest;
using florin::testing::ScriptedStream;
using florin_test::full_request;
using florin_test::request_text;
using std::string;

constexpr std::string_view token = "TOP-access-token";
const EncodeOptions usual_options{.environment = florin::Environment::sandbox,
                                  .idempotency_key = "key0000000001",
                                  .access_token = token,
                                  .salt = "saltsalt",
                                  .timestamp = 1'700'000'001};

/// Credentials in which every secret is `TOP-name` and everything else is `id-name`.
template <class P>
typename P::Credentials marked() {
  typename P::Credentials credentials;
  P::CredentialNames::describe([&]<class Part>() {
    auto& member = credentials.*Part::member;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (florin::detail::SecretMember<Member>) {
      member = florin::Secret{"TOP-" + string{Part::name}};
      if (Part::name == "shared_secret") member = "VE9QLXNlY3JldA==";  // base64
    } else if (Part::name == "testmode") {
      member = "true";
    } else {
      member = "id-" + string{Part::name};
    }
  });
  return credentials;
}

/// The text, and behind it what its header for Basic hides.
string opened(const string& request) {
  constexpr std::string_view basic = "\r\nAuthorization: Basic ";
  const auto at = request.find(basic);
  if (at == string::npos) return request;
  const string value =
      request.substr(at + basic.size(), request.find("\r\n", at + 2) - at - basic.size());
  string plain(boost::beast::detail::base64::decoded_size(value.size()), '\0');
  plain.resize(
      boost::beast::detail::base64::decode(plain.data(), value.data(), value.size()).first);
  return request + plain;
}

template <class P, class Operation, class Request>
void hides_every_secret(const Request& request) {
  BOOST_TEST_CONTEXT(P::name << ' ' << Operation::name) {
    const auto credentials = marked<P>();
    auto options = usual_options;
    if (florin::takes_payment_token<P, Operation>) options.payment_token = "TOP-payment-token";
    // CyberSource's secret signs, and is in no request.
    const bool has_secrets = P::name != "cybersource";
    EncodedRequest out;
    BOOST_TEST_REQUIRE(
        (florin::encode<P, Operation>(request, credentials, options, out).has_value()));
    // Seen where it is not masked, so that the check below can fail.
    const string plain{out.bytes()};
    BOOST_TEST((opened(plain).find("TOP-") != string::npos) == has_secrets);

    const auto masked = florin::masked_request<P, Operation>(request, credentials, options);
    BOOST_TEST_REQUIRE(masked.has_value());
    BOOST_TEST(opened(*masked).find("TOP-") == string::npos, *masked);
    // In a form it is encoded.
    const bool shows_mask = opened(*masked).find(florin::mask) != string::npos ||
                            masked->find("=%2A%2A%2A%2A%2A%2A%2A%2A") != string::npos;
    if (has_secrets) BOOST_TEST(shows_mask, *masked);
    std::string_view signature_name;
    if constexpr (florin::UsesSignature<P, Operation>) {
      signature_name = P::Signature::prefix.view().substr(0, P::Signature::prefix.size() - 2);
      string signature = request_text(plain).header(signature_name);
      BOOST_TEST(masked->find(signature) == string::npos);
      constexpr std::string_view bearer = "Bearer ";
      const std::size_t kept = signature.starts_with(bearer) ? bearer.size() : 0;
      BOOST_TEST(signature.size() - kept >= 88u);
      std::fill(signature.begin() + static_cast<std::ptrdiff_t>(kept), signature.end(), '*');
      BOOST_TEST(request_text(*masked).header(signature_name) == signature);
    }

    // Everything else is the request as it goes out.
    const auto sent = request_text(plain);
    const auto shown = request_text(*masked);
    BOOST_TEST(shown.line == sent.line);
    BOOST_TEST_REQUIRE(shown.headers.size() == sent.headers.size());
    for (std::size_t i = 0; i < sent.headers.size(); ++i) {
      const auto& [name, value] = sent.headers[i];
      BOOST_TEST(shown.headers[i].first == name);
      if (opened("\r\n" + name + ": " + value + "\r\n").find("TOP-") == string::npos &&
          name != signature_name && name != "Content-Length")
        BOOST_TEST(shown.headers[i].second == value);
    }
    if (sent.body.find("TOP-") == string::npos) BOOST_TEST(shown.body == sent.body);
    // The caller's own are as they were.
    BOOST_TEST((florin::encode<P, Operation>(request, credentials, options, out).has_value()));
    BOOST_TEST(out.bytes() == plain);
  }
}

template <class P>
void hides_every_secret() {
  florin::CreateRequest request = full_request();
  // These have names of their own for metadata.
  if (P::name == "cybersource" || P::name == "nmi") request.metadata = {};
  hides_every_secret<P, Create>(request);
  if constexpr (florin::ExchangesToken<P>) hides_every_secret<P, FetchToken>(TokenRequest{});
}

/// A secret in a header that is not always there.
struct SpareKeyPolicy : parts::AcmePolicy {
  struct Credentials {
    florin::Secret api_key{};
    std::optional<florin::Secret> spare_key{};
  };
  using CredentialNames = florin::wire::CredentialList<
      florin::wire::Credential<"api_key", &Credentials::api_key>,
      florin::wire::OptionalCredential<"spare_key", &Credentials::spare_key>>;
  using RequestHeaders = florin::wire::Headers<
      florin::wire::BearerAuth<&Credentials::api_key>,
      florin::wire::Header<"X-Spare-Key", florin::wire::FromCredential<&Credentials::spare_key>>>;
};
static_assert(florin::ConnectorPolicy<SpareKeyPolicy>);

const florin::CreateRequest buyer{.merchant_customer_id = "m-1", .email = "ana@example.com"};
const AuthorizedotnetPolicy::Credentials login{.name = "FAKE_LOGIN",
                                               .transaction_key = "FAKE_TXN_KEY"};

/// The error of layer 1 when the processor answers with this message.
florin::Error told(bool async, const string& code, const string& message,
                   const AuthorizedotnetPolicy::Credentials& credentials = login) {
  const string body =
      "\xEF\xBB\xBF{\"messages\":{\"resultCode\":\"Error\",\"message\":[{\"code\":\"" + code +
      "\",\"text\":\"" + message + "\"}]}}";
  boost::asio::io_context context;
  ScriptedStream stream{context.get_executor(),
                        {ScriptedStream::expect(),
                         ScriptedStream::give("HTTP/1.1 200 OK\r\nContent-Length: " +
                                              std::to_string(body.size()) + "\r\n\r\n" + body),
                         ScriptedStream::eof()}};
  std::optional<florin::Result<florin::CreateResponse>> answer;
  if (async) {
    florin::async_create<AuthorizedotnetPolicy>(
        stream, full_request(), credentials, {},
        [&](florin::Result<florin::CreateResponse> result) { answer.emplace(std::move(result)); });
    context.run();
  } else {
    answer.emplace(florin::create<AuthorizedotnetPolicy>(stream, full_request(), credentials));
  }
  // The request did hold them.
  BOOST_TEST(stream.written().find("FAKE_TXN_KEY") != string::npos);
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST_REQUIRE(answer->has_error());
  return answer->error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_policy_shows_a_secret) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (hides_every_secret<std::tuple_element_t<I, florin::AllPolicies>>(), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<florin::AllPolicies>>{});
}

BOOST_AUTO_TEST_CASE(a_request_for_a_screen) {
  const auto request = request_text(
      florin::masked_request<florin::StripePolicy>(
          buyer, {.api_key = "sk_test_EXAMPLE", .account = "acct_1"}, {.idempotency_key = "key-1"})
          .value());
  BOOST_TEST(request.line == "POST /v1/customers HTTP/1.1");
  BOOST_TEST(request.header("Authorization") == "Bearer ********");
  BOOST_TEST(request.header("Stripe-Account") == "acct_1");
  BOOST_TEST(request.header("Idempotency-Key") == "key-1");
  BOOST_TEST(request.body == "email=ana%40example.com&metadata[merchant_customer_id]=m-1");
}

BOOST_AUTO_TEST_CASE(the_secrets_of_a_body_are_masked_in_it) {
  // `request_text` checks that Content-Length is that of the masked body.
  const auto request =
      request_text(florin::masked_request<AuthorizedotnetPolicy>(buyer, login).value());
  BOOST_TEST(request.body ==
             R"({"createCustomerProfileRequest":{"merchantAuthentication":{"name":"********",)"
             R"("transactionKey":"********"},"profile":{"merchantCustomerId":"m-1",)"
             R"("email":"ana@example.com"}}})");
}

BOOST_AUTO_TEST_CASE(basic_hides_nothing_but_the_mask) {
  const auto request = request_text(
      florin::masked_request<florin::FinixPolicy>(buyer, {.username = "USFAKE", .password = "FAKE"})
          .value());
  // ********:********
  BOOST_TEST(request.header("Authorization") == "Basic KioqKioqKio6KioqKioqKio=");
}

BOOST_AUTO_TEST_CASE(ids_that_are_no_secrets_stay) {
  const auto shift4 = florin::masked_request<florin::Shift4Policy>(
      full_request(), {.api_key = "TOP", .merchant = "mer_1"});
  BOOST_TEST(request_text(shift4.value()).header("Shift4-Merchant") == "mer_1");
  const florin::AirwallexPolicy::Credentials platform{
      .client_id = "TOP-1", .api_key = "TOP-2", .login_as = "acct_1", .on_behalf_of = "acct_2"};
  const auto airwallex =
      florin::masked_request<florin::AirwallexPolicy>(full_request(), platform, usual_options);
  BOOST_TEST(request_text(airwallex.value()).header("x-on-behalf-of") == "acct_2");
  const auto exchange =
      florin::masked_request<florin::AirwallexPolicy, FetchToken>(TokenRequest{}, platform);
  BOOST_TEST(request_text(exchange.value()).header("x-login-as") == "acct_1");
  BOOST_TEST(request_text(exchange.value()).header("x-client-id") == florin::mask);
  const auto braintree = florin::masked_request<florin::BraintreePolicy>(
      full_request(),
      {.public_key = "TOP-1", .private_key = "TOP-2", .merchant_customer_id_field = "ref_field"});
  BOOST_TEST(braintree.value().find("ref_field") != string::npos);
}

BOOST_AUTO_TEST_CASE(an_access_token_need_not_be_given) {
  const auto request =
      request_text(florin::masked_request<florin::DwollaPolicy>(
                       full_request(), {.client_id = "TOP-1", .client_secret = "TOP-2"},
                       {.idempotency_key = "k"})
                       .value());
  BOOST_TEST(request.header("Authorization") == "Bearer ********");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_not_given_is_not_made_up) {
  const auto request = [](const SpareKeyPolicy::Credentials& credentials) {
    return request_text(florin::masked_request<SpareKeyPolicy>(buyer, credentials).value());
  };
  BOOST_TEST(!request({.api_key = "TOP"}).has("X-Spare-Key"));
  BOOST_TEST(
      request({.api_key = "TOP", .spare_key = florin::Secret{"TOP"}}).header("X-Spare-Key") ==
      florin::mask);
}

BOOST_AUTO_TEST_CASE(the_errors_of_encode_are_passed_on) {
  const auto refused = [](const auto& result) {
    BOOST_TEST_REQUIRE(result.has_error());
    return result.error();
  };
  auto error = refused(
      florin::masked_request<florin::StripePolicy>(florin::CreateRequest{}, {.api_key = "TOP"}));
  BOOST_TEST(error.code == Errc::missing_field);
  BOOST_TEST((error.field == florin::Field::merchant_customer_id));
  BOOST_TEST(error.connector == "stripe");
  error = refused(florin::masked_request<florin::StripePolicy>(full_request(), {}));
  BOOST_TEST(error.code == Errc::invalid_credentials);
  BOOST_TEST(error.reason == "the credentials lack api_key");
  error = refused(florin::masked_request<florin::StripePolicy>(full_request(), {.api_key = "TOP"},
                                                               {.idempotency_key = "a b"}));
  BOOST_TEST(error.code == Errc::invalid_idempotency_key);
  error = refused(florin::masked_request<RapydPolicy>(full_request(),
                                                      {.access_key = "TOP", .secret_key = "TOP"}));
  BOOST_TEST(error.code == Errc::invalid_options);
  error = refused(florin::masked_request<florin::AirwallexPolicy, FetchToken>(
      TokenRequest{}, {.client_id = "TOP"}));
  BOOST_TEST(error.code == Errc::invalid_credentials);
}

BOOST_AUTO_TEST_CASE(a_processor_that_quotes_a_secret_brings_it_into_no_error) {
  for (const bool async : {false, true}) {
    const auto error =
        told(async, "E00003", "The value 'FAKE_TXN_KEY' of FAKE_LOGIN is invalid: FAKE_TXN_KEY");
    BOOST_TEST(error.code == Errc::invalid_data);
    BOOST_TEST(error.connector_message == "The value '[secret]' of [secret] is invalid: [secret]");
    BOOST_TEST(error.connector_code == "E00003");
    // Escapes of JSON do not hide it.
    BOOST_TEST(told(async, "E00003", R"(\u0046AKE_TXN\u005fKEY)").connector_message == "[secret]");
    // Nor does another member.
    const auto odd = told(async, "FAKE_TXN_KEY", "Text");
    BOOST_TEST(odd.connector_code == "[secret]");
    BOOST_TEST(odd.what().find("FAKE") == string::npos, odd.what());
    // What merely resembles it stays.
    BOOST_TEST(told(async, "E00003", "FAKE_TXN").connector_message == "FAKE_TXN");
  }
}

BOOST_AUTO_TEST_CASE(no_part_of_a_quoted_secret_is_left) {
  for (const bool async : {false, true}) {
    // One secret is the beginning of the other.
    const AuthorizedotnetPolicy::Credentials alike{.name = "FAKE",
                                                   .transaction_key = "FAKE_TXN_KEY"};
    BOOST_TEST(told(async, "E00003", "key FAKE_TXN_KEY bad", alike).connector_message ==
               "key [secret] bad");
    // The message is cut within the secret.
    const auto cut = told(async, "E00003", string(1018, 'x') + "FAKE_TXN_KEY").connector_message;
    BOOST_TEST(cut.size() > 1000u);
    BOOST_TEST(cut.find("FAKE") == string::npos);
    // It stands where an id is expected.
    const auto duplicate =
        told(async, "E00039", "A duplicate record with ID FAKE_TXN_KEY already exists.");
    BOOST_TEST(duplicate.code == Errc::customer_exists);
    BOOST_TEST(duplicate.existing_customer_id.empty());
  }
}

BOOST_AUTO_TEST_CASE(unusable_credentials_are_not_hidden) {
  const auto masked = florin::masked_request<florin::StripePolicy>(buyer, {.api_key = "k\r\nX: y"});
  BOOST_TEST_REQUIRE(masked.has_error());
  BOOST_TEST(masked.error().code == Errc::invalid_credentials);
}

BOOST_AUTO_TEST_SUITE_END()
