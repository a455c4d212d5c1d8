// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/create.hpp>
#include <florin/policies/airwallex.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/paysafe.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/policies/shift4.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/sandbox.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "client_fixture.hpp"
#include "policies/exchange.hpp"
#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(sent_secrets)
namespace {

using florin::Errc;
using florin::Error;
using florin::testing::ScriptedStream;
using namespace std::chrono_literals;
using std::string;
using std::string_view;

string answer(int status, const string& body, const string& headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The error of layer 1 when this is answered.
template <class P, class Operation = florin::Create, class Request = florin::CreateRequest>
Error told(const typename P::Credentials& credentials, const string& answered,
           const Request& request = florin_test::documented_request(),
           const florin::ExchangeOptions& options = {}) {
  boost::asio::io_context context;
  ScriptedStream stream{
      context.get_executor(),
      {ScriptedStream::expect(), ScriptedStream::give(answered), ScriptedStream::eof()}};
  const auto result = florin::perform<P, Operation>(stream, request, credentials, options);
  BOOST_TEST_REQUIRE(result.has_error());
  return result.error();
}

const string key = "sk_test_A/b+C=dEf123";

Error stripe_says(const string& message, const string& headers = {}) {
  return told<florin::StripePolicy>(
      {.api_key = key},
      answer(400, R"({"error":{"type":"invalid_request_error","message":")" + message + "\"}}",
             headers));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_secret_of_a_header_is_masked_in_every_form) {
  for (const string_view form :
       {"sk_test_A/b+C=dEf123", "sk_test_A%2Fb%2BC%3DdEf123", "sk_test_A%2fb%2bC%3ddEf123",
        "sk_test_A%2Fb+C=dEf123", "sk%5Ftest_A/b+C=dEf123", R"(sk_test_A\\/b+C=dEf123)",
        R"(sk_test_A\/b\u002bC=dEf123)", R"(sk_test_A\\u002fb\\u002BC\\u003DdEf123)"}) {
    const Error error = stripe_says("key " + string{form} + " bad");
    BOOST_TEST(error.connector_message == "key [secret] bad");
    BOOST_TEST(error.code == Errc::invalid_data);
  }
  BOOST_TEST(stripe_says("Key sk_test_*****123 bad").connector_message ==
             "Key sk_test_*****123 bad");
  BOOST_TEST(stripe_says("Text", "Request-Id: req-" + key + "\r\n").request_id.empty());
}

BOOST_AUTO_TEST_CASE(either_half_of_a_user_and_password_is_masked) {
  for (const string_view quoted :
       {"1001FAKE", "B-tst1-0-FAKEKEY0001", "1001FAKE:B-tst1-0-FAKEKEY0001"}) {
    const Error error = told<florin::PaysafePolicy>(
        {.api_key = "1001FAKE:B-tst1-0-FAKEKEY0001"},
        answer(401, R"({"error":{"code":"5279","message":"No )" + string{quoted} + R"( here"}})"));
    BOOST_TEST(error.connector_message == "No [secret] here");
    BOOST_TEST(error.connector_code == "5279");
  }
}

BOOST_AUTO_TEST_CASE(nothing_of_a_secret_is_left_where_a_message_is_cut) {
  for (const string_view form :
       {"sk_test_A/b+C=dEf123", "sk%5Ftest%5FA%2Fb%2BC%3DdEf123",
        R"(\\u0073\\u006b\\u005f\\u0074\\u0065\\u0073\\u0074\\u005f\\u0041/b+C=dEf123)"}) {
    for (std::size_t fill = 980; fill <= 1024; ++fill) {
      const string message = stripe_says(string(fill, '.') + string{form}).connector_message;
      BOOST_TEST(message.substr(0, std::min<std::size_t>(fill, 980)) ==
                 string(std::min<std::size_t>(fill, 980), '.'));
      const string_view behind = string_view{message}.substr(
          message.find_first_not_of('.') == string::npos ? message.size()
                                                         : message.find_first_not_of('.'));
      // One byte or one escape that may be anything tells nothing.
      BOOST_TEST(
          (behind.empty() || behind == "[secret]" || behind == "%" || behind.substr(0, 1) == "\\"),
          fill << ": " << behind);
      BOOST_TEST(behind.find("sk") == string_view::npos);
      BOOST_TEST(behind.find("test") == string_view::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_base64_form_of_credentials_is_masked) {
  // The sheet's own vector.
  const Error error = told<florin::PaysafePolicy>(
      {.api_key = "1001FAKE:B-tst1-0-FAKEKEY0001"},
      answer(
          401,
          R"({"error":{"code":"5279","message":"Basic MTAwMUZBS0U6Qi10c3QxLTAtRkFLRUtFWTAwMDE= )"
          R"(or MTAwMUZBS0U6Qi10c3QxLTAtRkFLRUtFWTAwMDE%3D or 1001FAKE:B-tst1-0-FAKEKEY0001"}})"));
  BOOST_TEST(error.code == Errc::unauthorized);
  BOOST_TEST(error.connector_message == "Basic [secret] or [secret] or [secret]");
  // Another header follows.
  const Error other = told<florin::Shift4Policy>(
      {.api_key = "sk_test_FAKE0001", .merchant = "mer_1"},
      answer(401, R"({"error":{"type":"invalid_request",)"
                  R"("message":"Basic c2tfdGVzdF9GQUtFMDAwMTo= of mer_1"}})"));
  BOOST_TEST(other.connector_message == "Basic [secret] of mer_1");
}

BOOST_AUTO_TEST_CASE(an_access_token_is_masked) {
  const Error error = told<florin::AirwallexPolicy>(
      {.client_id = "client-0001", .api_key = "apikey-0001"},
      answer(401, R"({"code":"unauthorized","message":"Bearer tok-1/2 of client-0001 is bad"})"),
      florin_test::documented_request(), {.access_token = "tok-1/2"});
  BOOST_TEST(error.connector_message == "Bearer [secret] of [secret] is bad");
}

BOOST_AUTO_TEST_CASE(what_signs_a_request_is_masked) {
  boost::asio::io_context context;
  ScriptedStream stream{context.get_executor(), {ScriptedStream::expect()}};
  const florin::RapydPolicy::Credentials credentials{.access_key = "access-0001",
                                                     .secret_key = "secret-0001"};
  const florin::ExchangeOptions options{.salt = "saltsalt", .timestamp = 1'700'000'001};
  (void)florin::create<florin::RapydPolicy>(stream, florin_test::documented_request(), credentials,
                                            options);
  const string sent = stream.written();
  const auto at = sent.find("\r\nsignature: ") + 13;
  const string signature = sent.substr(at, 88);
  const Error error = told<florin::RapydPolicy>(
      credentials,
      answer(401, R"({"status":{"error_code":"UNAUTHENTICATED_API_CALL","status":"ERROR",)"
                  R"("message":")" +
                      signature + " of access-0001 and secret-0001" + R"("}})"),
      florin_test::documented_request(), options);
  BOOST_TEST(error.connector_message == "[secret] of [secret] and [secret]");
}

BOOST_AUTO_TEST_CASE(layer_1_masks_the_errors_of_a_token_exchange) {
  const Error error = told<florin::DwollaPolicy, florin::FetchToken>(
      {.client_id = "client-0001", .client_secret = "verysecret99"},
      answer(401, R"({"error":"invalid_client","message":"verysecret99 "})"),
      florin::TokenRequest{});
  BOOST_TEST(error.connector_message == "[secret] ");
}

BOOST_AUTO_TEST_CASE(a_client_masks_the_errors_of_a_token_exchange) {
  florin::testing::Sandbox sandbox{florin::testing::dwolla()};
  const florin::DwollaPolicy::Credentials credentials{.client_id = "fake_client_id",
                                                      .client_secret = "fake_client_secret"};
  for (const bool async : {false, true}) {
    florin::Client<florin::DwollaPolicy> client{credentials, florin_test::options_for(sandbox)};
    sandbox.fault(
        {.kind = florin::testing::Fault::Kind::garbage,
         .status = 400,
         .body = R"({"code":"BadRequest","message":"cannot read fake%5Fclient_secret in )"
                 R"(Basic ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0 of fake_client_id"})"});
    const auto result = florin_test::call(client, async, florin_test::documented_request());
    BOOST_TEST_REQUIRE(result.has_error());
    const Error error = result.error();
    BOOST_TEST((error.phase == florin::Phase::token));
    BOOST_TEST(error.connector_message == "cannot read [secret] in Basic [secret] of [secret]");
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_to_hold_them) {
  const florin::StripePolicy::Credentials credentials{.api_key = key};
  const auto request = florin_test::documented_request();
  florin::detail::AttemptOf<florin::StripePolicy, florin::Create> attempt;
  for (int i = 0; i < 3; ++i) {
    const florin_test::AllocationCount counted;
    BOOST_TEST_REQUIRE(attempt.encode(request, credentials, {}).has_value());
    if (i != 0) BOOST_TEST(counted.value() == 0u);
    attempt.clear();
  }
}

BOOST_AUTO_TEST_CASE(a_secret_of_three_bytes_is_left) {
  const Error error = told<florin::StripePolicy>(
      {.api_key = "abc"}, answer(400, R"({"error":{"type":"t","message":"abc of the alphabet"}})"));
  BOOST_TEST(error.connector_message == "abc of the alphabet");
}

BOOST_AUTO_TEST_SUITE_END()
