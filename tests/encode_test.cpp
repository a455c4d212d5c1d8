// SPDX-License-Identifier: Apache-2.0
#include <florin/encode.hpp>
#include <florin/static_request.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "compile_fail/parts.hpp"
#include "support/allocations.hpp"
#include "support/form_text.hpp"

BOOST_AUTO_TEST_SUITE(encode_request)

using namespace florin;
using namespace florin::wire;
using florin_test::request_text;

namespace {

/// Carries little, requires an email, has the key in the body and a limit on a joined street.
struct SmallPolicy : parts::Facts {
  static constexpr std::string_view name = "small";
  using Idempotency = IdempotencyMember<"request_id", 20>;
  struct Create : parts::Answered {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/v2/people";
    using Body = json::Object<
        Put<"request_id", IdempotencyKey>,
        Put<"reference", field::MerchantCustomerId, MaxLength<10>>,
        Put<"email", field::Email, Required, EmailForm>,
        json::Nested<"name", Put<"first", GivenName>, Put<"last", FamilyName>>,
        Put<"street", Joined<field::AddressLine1, field::AddressLine2>, MaxLength<12>>>;
    using NotCarried = Fields<field::Phone, field::Description, field::Metadata, field::AddressCity,
                              field::AddressState, field::AddressZip, field::AddressCountry>;
  };
};
static_assert(ConnectorPolicy<SmallPolicy>);

CreateRequest small_request() {
  return {.merchant_customer_id = "m-1", .email = "ana@example.com", .name = "Ana Example"};
}

const SmallPolicy::Credentials credentials{.api_key = "key-1"};

Error error_of(const CreateRequest& request, const EncodeOptions& options = {},
               const SmallPolicy::Credentials& keys = credentials) {
  EncodedRequest out;
  const auto result = encode<SmallPolicy>(request, keys, options, out);
  BOOST_REQUIRE(result.has_error());
  BOOST_TEST(out.bytes().empty(), "something was written although the request was refused");
  BOOST_TEST((result.error().outcome == Outcome::no_effect));
  BOOST_TEST(result.error().connector == "small");
  BOOST_TEST(result.error().http_status == 0);
  BOOST_TEST(result.error().status_code == unified_status(result.error().code, 0));
  // What is wrong with the values is told without credentials, too; nothing else is.
  const auto judged = validate<SmallPolicy>(request);
  const auto code = result.error().code;
  const bool values = code == Errc::missing_field || code == Errc::invalid_field;
  BOOST_TEST_REQUIRE(judged.has_error() == values);
  if (values) BOOST_TEST(judged.error().what() == result.error().what());
  return result.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(writes_the_whole_request) {
  EncodedRequest out;
  BOOST_REQUIRE(encode<SmallPolicy>(small_request(), credentials, {.idempotency_key = "k-1"}, out));
  const auto request = request_text(out.bytes());
  BOOST_TEST(request.line == "PUT /v2/people HTTP/1.1");
  const florin_test::Pairs expected{{"Host", "api.acme.example"},
                                    {"Content-Length", std::to_string(request.body.size())},
                                    {"Content-Type", "application/json"},
                                    {"Accept", "application/json"},
                                    {"User-Agent", "florin/" + std::string{version}},
                                    {"Authorization", "Bearer key-1"}};
  BOOST_TEST((request.headers == expected));
  BOOST_TEST(request.body == R"({"request_id":"k-1","reference":"m-1","email":"ana@example.com",)"
                             R"("name":{"first":"Ana","last":"Example"}})");
  BOOST_TEST(out.dropped().empty());
}

BOOST_AUTO_TEST_CASE(the_host_follows_the_environment_and_the_override) {
  EncodedRequest out;
  const auto host_of = [&](const EncodeOptions& options) {
    BOOST_REQUIRE(encode<SmallPolicy>(small_request(), credentials, options, out));
    return request_text(out.bytes()).header("Host");
  };
  BOOST_TEST(host_of({}) == "api.acme.example");
  BOOST_TEST(host_of({.environment = Environment::live}) == "api.acme.example");
  BOOST_TEST(host_of({.environment = Environment::sandbox}) == "test.acme.example");
  BOOST_TEST(host_of({.environment = Environment::sandbox, .host = "127.0.0.1:8443"}) ==
             "127.0.0.1:8443");
  BOOST_REQUIRE(encode<SmallPolicy>(small_request(), credentials, out));
  BOOST_TEST(request_text(out.bytes()).header("Host") == "api.acme.example");
}

BOOST_AUTO_TEST_CASE(given_fields_that_cannot_be_carried_are_told) {
  CreateRequest request = small_request();
  request.phone = "+1";
  request.metadata.set("k", "v");
  request.address.zip = "62701";
  EncodedRequest out;
  BOOST_REQUIRE(encode<SmallPolicy>(request, credentials, out));
  BOOST_TEST((out.dropped() == FieldSet{Field::phone, Field::metadata, Field::address_zip}));
  BOOST_TEST(out.body().find("62701") == std::string_view::npos);
  // The next request starts afresh.
  BOOST_REQUIRE(encode<SmallPolicy>(small_request(), credentials, out));
  BOOST_TEST(out.dropped().empty());
}

BOOST_AUTO_TEST_CASE(faults_name_the_field_and_the_reason) {
  const auto check = [](const Error& error, Errc code, std::optional<Field> field,
                        std::string_view reason) {
    BOOST_TEST((error.code == code), to_string(error.code));
    BOOST_TEST((error.field == field));
    BOOST_TEST(error.reason == reason);
    BOOST_TEST(error.param == (field ? to_string(*field) : std::string_view{}));
  };
  CreateRequest request = small_request();
  request.email.clear();
  check(error_of(request), Errc::missing_field, Field::email, "is required");
  request = small_request();
  request.merchant_customer_id.clear();
  check(error_of(request), Errc::missing_field, Field::merchant_customer_id, "is required");
  request = small_request();
  request.merchant_customer_id = "12345678901";
  check(error_of(request), Errc::invalid_field, Field::merchant_customer_id,
        "is longer than 10 characters");
  request = small_request();
  request.email = "not-an-email";
  check(error_of(request), Errc::invalid_field, Field::email, "is not an email address");
  request = small_request();
  request.address = {.line1 = "123456", .line2 = "12345"};
  check(error_of(request), Errc::invalid_field, Field::address_line1,
        "is longer than 12 characters");
  // What the processor cannot carry has to be text all the same.
  request = small_request();
  request.phone = "\xFF";
  check(error_of(request), Errc::invalid_field, Field::phone, "is not UTF-8 text without NUL");
}

BOOST_AUTO_TEST_CASE(keys_and_credentials_are_checked) {
  const std::string long_key(21, 'k');
  Error error = error_of(small_request(), {.idempotency_key = long_key});
  BOOST_TEST((error.code == Errc::invalid_idempotency_key));
  BOOST_TEST(error.reason == "is longer than 20 characters");
  BOOST_TEST(!error.field.has_value());
  error = error_of(small_request(), {.idempotency_key = "a\r\nX: y"});
  BOOST_TEST((error.code == Errc::invalid_idempotency_key));
  error = error_of(small_request(), {}, {});
  BOOST_TEST((error.code == Errc::invalid_credentials));
  BOOST_TEST(error.what().find("api_key") != std::string::npos, error.what());
  error = error_of(small_request(), {}, {.api_key = "key\r\nX-Evil: 1"});
  BOOST_TEST((error.code == Errc::invalid_credentials));
  BOOST_TEST(error.what().find("Evil") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_never_show_values) {
  CreateRequest request{.merchant_customer_id = "MARK-reference",
                        .email = "MARK-email",
                        .name = "MARK name",
                        .phone = "MARK phone",
                        .description = "MARK description",
                        .metadata = {{"MARK key", "MARK value"}},
                        .address = {.line1 = "MARK 1", .line2 = "MARK 2", .country = "MARK"}};
  const EncodeOptions options{.idempotency_key = "MARK key with blanks that is too long"};
  const SmallPolicy::Credentials keys{.api_key = "MARK\n"};
  // Each fault in turn is mended until nothing is left to refuse.
  const auto see = [&](Errc code, const EncodeOptions& with = {},
                       const SmallPolicy::Credentials& use = credentials) {
    const Error error = error_of(request, with, use);
    BOOST_TEST((error.code == code), error.what());
    BOOST_TEST(error.what().find("MARK") == std::string::npos, error.what());
    BOOST_TEST(error.param.find("MARK") == std::string::npos, error.param);
    BOOST_TEST(error.idempotency_key.empty());
  };
  see(Errc::invalid_field);  // the country
  request.address.country = "US";
  see(Errc::invalid_field);  // the reference
  request.merchant_customer_id = "MARK";
  see(Errc::invalid_field);  // the email
  request.email = "MARK@example.com";
  see(Errc::invalid_field);  // the street
  request.address.line2.clear();
  see(Errc::invalid_credentials, options, keys);
  see(Errc::invalid_idempotency_key, options);
  EncodedRequest out;
  BOOST_TEST(encode<SmallPolicy>(request, credentials, out).has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_request_leaves_the_last_one_as_it_was) {
  EncodedRequest out;
  BOOST_REQUIRE(encode<SmallPolicy>(small_request(), credentials, out));
  const std::string bytes{out.bytes()};
  BOOST_TEST(encode<SmallPolicy>(CreateRequest{}, credentials, out).has_error());
  BOOST_TEST(out.bytes() == bytes);
}

BOOST_AUTO_TEST_CASE(all_kinds_of_requests_give_the_same_bytes) {
  using namespace florin::fields;
  EncodedRequest owned;
  EncodedRequest viewed;
  EncodedRequest fixed;
  const CreateRequest request = small_request();
  const CreateRequestView view = request;
  BOOST_REQUIRE(encode<SmallPolicy>(request, credentials, owned));
  BOOST_REQUIRE(encode<SmallPolicy>(view, credentials, viewed));
  BOOST_REQUIRE(
      encode<SmallPolicy>(customer(merchant_customer_id = "m-1", email = "ana@example.com",
                                   fields::name = request.name, phone = "+1", droppable(phone)),
                          credentials, fixed));
  BOOST_TEST(owned.bytes() == viewed.bytes());
  BOOST_TEST(owned.bytes() == fixed.bytes());
  BOOST_TEST((fixed.dropped() == FieldSet{Field::phone}));
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_once_the_buffer_has_grown) {
  using namespace florin::fields;
  CreateRequest request = small_request();
  request.name = std::string(3000, 'n');
  EncodedRequest out;
  BOOST_REQUIRE(encode<SmallPolicy>(request, credentials, {.idempotency_key = "k"}, out));
  const auto fixed = customer(merchant_customer_id = "m-1", email = "ana@example.com");
  const florin_test::AllocationCount count;
  const auto first = encode<SmallPolicy>(request, credentials, {.idempotency_key = "k"}, out);
  const auto second = encode<SmallPolicy>(fixed, credentials, out);
  const std::size_t allocations = count.value();
  BOOST_TEST(allocations == 0U);
  BOOST_TEST((first.has_value() && second.has_value()));
}

BOOST_AUTO_TEST_SUITE_END()
