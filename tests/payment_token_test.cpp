// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/client.hpp>
#include <florin/create.hpp>
#include <florin/masked.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/conformance.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "support/allocations.hpp"

/// The processor's token of a payment method, given beside the request.
BOOST_AUTO_TEST_SUITE(payment_token)
namespace {

using namespace florin;
using florin::testing::ScriptedStream;
using std::string;
using std::string_view;

/// Stripe, if it made no customer without a payment method.
struct TokenPolicy : StripePolicy {
  using Token_ = wire::Put<"source", wire::PaymentToken, wire::Required, wire::MinLength<6>,
                           wire::OnlyAlphanumericAnd<"_">>;
  struct Create {
    static constexpr auto method = Method::post;
    static constexpr string_view path = "/v1/customers";
    using Body =
        wire::Form<wire::Put<"email", field::Email>, Token_, wire::Put<"name", field::Name>,
                   wire::Put<"metadata[merchant_customer_id]", field::MerchantCustomerId>>;
    using NotCarried = Fields<field::Phone, field::Description, field::Metadata, field::Address>;
    static constexpr wire::json::Reply reply{.id = "id", .id_prefix = "cus_"};
  };
};
static_assert(diagnose<TokenPolicy>());
static_assert(takes_payment_token<TokenPolicy> && needs_payment_token<TokenPolicy>);
static_assert(!takes_payment_token<TokenPolicy, Update> && !takes_payment_token<StripePolicy>);
static_assert(!takes_payment_token<TokenPolicy, Retrieve> && !needs_payment_token<StripePolicy>);

/// One that takes a token and does not need one, and signs its requests anew for each attempt.
struct OptionalPolicy : RapydPolicy {
  struct Create : RapydPolicy::Create {
    using Body = wire::json::Object<
        wire::Put<"name", field::Name>, wire::Put<"payment_method", wire::PaymentToken>,
        wire::json::Nested<"metadata",
                           wire::Put<"merchant_customer_id", field::MerchantCustomerId>>>;
    using NotCarried =
        Fields<field::Email, field::Phone, field::Description, field::Metadata, field::Address>;
  };
};
static_assert(diagnose<OptionalPolicy>());
static_assert(takes_payment_token<OptionalPolicy> && !needs_payment_token<OptionalPolicy>);

constexpr string_view token = "tok_TOP1";
const CreateRequest buyer{.merchant_customer_id = "m-1", .email = "ana@example.com"};
const TokenPolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};

/// The body, or code, parameter and reason.
template <class P = TokenPolicy, class Operation = Create, class Request = CreateRequest>
string sent(const Request& request, string_view payment_token) {
  EncodedRequest out;
  const auto encoded = encode<P, Operation>(request, key, {.payment_token = payment_token}, out);
  if (encoded) return string{out.body()};
  const Error error = encoded.error();
  BOOST_TEST((error.outcome == Outcome::no_effect));
  return string{to_string(error.code)} + ":" + error.param + ": " + string{error.reason};
}

constexpr string_view needed =
    "invalid_options:payment_token: this processor creates no customer without a payment method: "
    "give `payment_token`";
constexpr string_view not_taken =
    "invalid_options:payment_token: this processor takes no `payment_token` with this operation: "
    "leave it out";

/// Its sandbox.
testing::Processor processor() {
  auto made = testing::stripe();
  for (auto& action : made.actions)
    if (action.operation == testing::Operation::create)
      action.fields.push_back({.name = "source", .required = true});
  return made;
}

struct Bench {
  testing::Sandbox sandbox{processor()};
  ClientOptions options() const {
    ClientOptions made;
    made.base_url = sandbox.base_url();
    made.tls.ca_pem = sandbox.ca_pem();
    made.deadline = std::chrono::seconds{20};
    return made;
  }
  /// The token that the processor got with its only customer.
  string stored() const {
    BOOST_TEST_REQUIRE(sandbox.count() == 1U);
    return string{sandbox.customers().front().field("source").value_or("")};
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_token_goes_where_the_policy_says) {
  BOOST_TEST(sent(buyer, token) ==
             "email=ana%40example.com&source=tok_TOP1&metadata[merchant_customer_id]=m-1");
  EncodedRequest out;
  const RapydPolicy::Credentials pair{.access_key = "a", .secret_key = "s"};
  const CreateRequest named{.merchant_customer_id = "m-1", .name = "Ana"};
  EncodeOptions options{.salt = "saltsalt", .timestamp = 1};
  BOOST_TEST_REQUIRE((encode<OptionalPolicy>(named, pair, options, out).has_value()));
  BOOST_TEST(out.body() == R"({"name":"Ana","metadata":{"merchant_customer_id":"m-1"}})");
  options.payment_token = "\"{}\\";
  BOOST_TEST_REQUIRE((encode<OptionalPolicy>(named, pair, options, out).has_value()));
  BOOST_TEST(out.body() == R"({"name":"Ana","payment_method":"\"{}\\",)"
                           R"("metadata":{"merchant_customer_id":"m-1"}})");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_missing_or_lost_is_told) {
  BOOST_TEST(sent(buyer, "") == needed);
  BOOST_TEST(sent<StripePolicy>(buyer, token) == not_taken);
  BOOST_TEST((sent<TokenPolicy, Retrieve>(RetrieveRequest{"cus_1"}, token) == not_taken));
  BOOST_TEST((sent<TokenPolicy, Delete>(DeleteRequest{"cus_1"}, token) == not_taken));
  BOOST_TEST((sent<TokenPolicy, Update>(
                  UpdateRequestView{.connector_customer_id = "cus_1", .email = "a@b"}, token) ==
              not_taken));
  for (const string_view bad : {"tok TOP1", "tok\nTOP", "tok_\xC3\xA9", "tok_TOP\x7F"})
    BOOST_TEST(sent(buyer, bad).find("invalid_options:payment_token: ") == 0U);
  BOOST_TEST(sent(buyer, "tok_1") == "invalid_options:payment_token: is shorter than 6 characters");
}

BOOST_AUTO_TEST_CASE(values_are_validated_without_a_token) {
  BOOST_TEST(validate<TokenPolicy>(buyer).has_value());
  const auto refused = validate<TokenPolicy>(CreateRequest{.merchant_customer_id = " "});
  BOOST_TEST_REQUIRE(refused.has_error());
  BOOST_TEST((refused.error().field == Field::merchant_customer_id));
}

BOOST_AUTO_TEST_CASE(a_token_is_masked) {
  const auto shown = masked_request<TokenPolicy>(buyer, key, {.payment_token = token});
  BOOST_TEST_REQUIRE(shown.has_value());
  BOOST_TEST(shown->find("TOP1") == string::npos);
  BOOST_TEST(shown->find("&source=%2A%2A%2A%2A%2A%2A%2A%2A&") != string::npos);
  const auto missing = masked_request<TokenPolicy>(buyer, key);
  BOOST_TEST_REQUIRE(missing.has_error());
  BOOST_TEST((missing.error().code == Errc::invalid_options));
  const auto wrong = masked_request<TokenPolicy>(buyer, key, {.payment_token = "tok"});
  BOOST_TEST_REQUIRE(wrong.has_error());
  BOOST_TEST((wrong.error().param == "payment_token"));
}

BOOST_AUTO_TEST_CASE(an_error_that_quotes_a_token_hides_it) {
  const string body =
      R"({"error":{"code":"tok_TOP1","message":"No such token: 'tok_TOP1'","param":"source"}})";
  boost::asio::io_context context;
  ScriptedStream stream{context.get_executor(),
                        {ScriptedStream::expect(),
                         ScriptedStream::give("HTTP/1.1 400 Bad Request\r\nContent-Length: " +
                                              std::to_string(body.size()) + "\r\n\r\n" + body),
                         ScriptedStream::eof()}};
  const auto answer = create<TokenPolicy>(stream, buyer, key, {.payment_token = token});
  BOOST_TEST(stream.written().find("source=tok_TOP1") != string::npos);
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST(answer.error().connector_message == "No such token: '[secret]'");
  BOOST_TEST(answer.error().connector_code == "[secret]");
}

BOOST_AUTO_TEST_CASE(a_client_sends_the_token_with_what_creates) {
  for (const bool async : {false, true}) {
    Bench bench;
    boost::asio::io_context context;
    Client<TokenPolicy> client{key, bench.options()};
    string given{token};
    const CallOptions<TokenPolicy> options{.payment_token = given, .look_first = true};
    const auto ensured = [&]() -> Result<CreateResponse> {
      if (!async) return client.ensure(buyer, options);
      auto pending = client.async_ensure(buyer, options, boost::asio::use_future);
      given.assign(given.size(), 'x');  // it was copied
      return pending.get();
    }();
    BOOST_TEST_REQUIRE(ensured.has_value());
    BOOST_TEST(bench.stored() == token);
    // What reads takes none, nor does what changes here.
    const auto read = client.retrieve(ensured->connector_customer_id.view(), options);
    BOOST_TEST_REQUIRE(read.has_error());
    BOOST_TEST((read.error().code == Errc::invalid_options));
    const auto without = client.create(buyer);
    BOOST_TEST_REQUIRE(without.has_error());
    BOOST_TEST((without.error().param == "payment_token"));
    BOOST_TEST((without.error().code == Errc::invalid_options));
  }
}

BOOST_AUTO_TEST_CASE(a_client_of_any_processor_sends_the_token) {
  Bench bench;
  auto client = AnyClient::make<std::tuple<TokenPolicy>>(
                    "stripe", {{"api_key", Secret{"sk_test_EXAMPLE"}}}, bench.options())
                    .value();
  BOOST_TEST_REQUIRE(client.create(buyer, {.payment_token = token}).has_value());
  BOOST_TEST(bench.stored() == token);
  BOOST_TEST(client.validate(buyer).has_value());
  const auto without = client.ensure(buyer);
  BOOST_TEST_REQUIRE(without.has_error());
  BOOST_TEST((without.error().param == "payment_token"));
}

BOOST_AUTO_TEST_CASE(a_policy_that_needs_a_token_conforms) {
  const auto report = testing::check_conformance<TokenPolicy>(processor());
  for (const string_view name : {"required_fields", "minimal_request", "ensure", "secrets"}) {
    const auto* const check = report.find(name);
    BOOST_TEST_REQUIRE(check != nullptr);
    BOOST_TEST((check->verdict == testing::Verdict::passed), check->name << ": " << check->detail);
  }
}

BOOST_AUTO_TEST_SUITE_END()
