// SPDX-License-Identifier: Apache-2.0
#include <florin/masked.hpp>
#include <florin/policies/nmi.hpp>
#include <florin/testing/processors/nmi.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_nmi)

using namespace florin_test;
using florin::Errc;
using florin::Field;
using florin::FieldSet;
using florin::FindByEmail;
using florin::FindByReference;
using florin::NmiPolicy;
using florin::OnExists;
using florin::Outcome;
using florin::Update;

static_assert(florin::ConnectorPolicy<NmiPolicy>);
static_assert(florin::has_idempotency<NmiPolicy>);
static_assert(florin::needs_payment_token<NmiPolicy, florin::Create>);
static_assert(!florin::takes_payment_token<NmiPolicy, Update>);
static_assert(!florin::carries<NmiPolicy, florin::field::Description>);

namespace {

constexpr std::string_view id = "900000001";
const NmiPolicy::Credentials keys{.security_key = "FAKE_SECURITY_KEY"};
constexpr florin::EncodeOptions with_token{.environment = florin::Environment::sandbox,
                                           .payment_token = "00000000-000000-000000-000000000000"};

florin::CreateRequest carried_request() {
  florin::CreateRequest request = full_request();
  request.merchant_customer_id = "m1001";
  request.phone = "15555550100";
  request.metadata = {{"1", "gold"}};
  return request;
}

template <class Operation>
Sent sent(const typename Operation::Request& request) {
  florin::EncodedRequest out;
  auto result = florin::encode<NmiPolicy, Operation>(request, keys, {}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

template <class Operation>
auto answered(const typename Operation::Request& request, int status, std::string_view body) {
  const std::vector<florin::wire::HeaderView> headers{{"Content-Type", "text/html; charset=UTF-8"}};
  return florin::decode<NmiPolicy, Operation>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      request);
}

/// The answer to a create of the customer `m1001`.
florin::Result<florin::CreateResponse> created(std::string_view body, int status = 200,
                                               OnExists on_exists = OnExists::fail) {
  const std::vector<florin::wire::HeaderView> headers;
  return florin::decode<NmiPolicy>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      carried_request(), on_exists);
}

/// An error as the gateway writes it.
std::string refusal(std::string_view text, std::string_view code = "300") {
  return "response=3&responsetext=" + std::string{text} +
         "&authcode=&transactionid=0&avsresponse=&cvvresponse=&orderid=&type=&response_code=" +
         std::string{code};
}

constexpr std::string_view sheet_record =
    R"(<?xml version="1.0" encoding="UTF-8"?>)"
    "\n"
    R"(<nm_response><customer_vault><customer id="900000001"><first_name>Ana</first_name>)"
    R"(<last_name>Example</last_name><address_1>1 Example Street</address_1>)"
    R"(<city>Springfield</city><state>IL</state><postal_code>62701</postal_code>)"
    R"(<country>US</country><email>ana@example.com</email><phone>15555550100</phone>)"
    R"(<cc_number>4xxxxxxxxxxx1111</cc_number><cc_exp>1230</cc_exp>)"
    R"(<created>20260106090000</created><customer_vault_id>900000001</customer_vault_id>)"
    R"(</customer></customer_vault></nm_response>)";

std::string page(std::string_view customers) {
  return "<nm_response><customer_vault>" + std::string{customers} +
         "</customer_vault></nm_response>";
}
std::string customer(std::string_view of, std::string_view email) {
  return "<customer id=\"" + std::string{of} + "\"><email>" + std::string{email} +
         "</email><customer_vault_id>" + std::string{of} + "</customer_vault_id></customer>";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto made = send<NmiPolicy>(carried_request(), keys, with_token);
  BOOST_TEST(made.has_line("POST /api/transact.php HTTP/1.1"));
  BOOST_TEST(made.has_line("Host: sandbox.nmi.com"));
  BOOST_TEST(made.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(made.head.find("Authorization") == std::string::npos);
  BOOST_TEST(made.body ==
             "security_key=FAKE_SECURITY_KEY&customer_vault=add_customer&customer_vault_id=m1001&"
             "first_name=Ana&last_name=Example&email=ana%40example.com&phone=15555550100&"
             "address1=1%20Example%20Street&address2=Apt%202&city=Springfield&state=IL&zip=62701&"
             "country=US&merchant_defined_field_1=gold&"
             "payment_token=00000000-000000-000000-000000000000");
  BOOST_TEST((made.dropped == FieldSet{Field::description}));
}

BOOST_AUTO_TEST_CASE(a_customer_needs_a_payment_token) {
  const auto made = send<NmiPolicy>(carried_request(), keys, {});
  BOOST_TEST(made.result.error().code == Errc::invalid_options);
  BOOST_TEST(made.result.error().outcome == Outcome::no_effect);
  const auto bare = send<NmiPolicy>({.merchant_customer_id = "m", .name = "Ana"}, keys, with_token);
  BOOST_TEST(bare.body ==
             "security_key=FAKE_SECURITY_KEY&customer_vault=add_customer&customer_vault_id=m&"
             "first_name=Ana&payment_token=00000000-000000-000000-000000000000");
}

BOOST_AUTO_TEST_CASE(a_reference_is_one_that_can_be_named_again) {
  for (const char* const reference :
       {"a b", "a/b", "a?b", "a#b", "a%b", "a;b", "a\\b", "a&b", "a+b", "caf\xC3\xA9"})
    BOOST_TEST(send<NmiPolicy>({.merchant_customer_id = reference}, keys, with_token).refusal() ==
               "invalid_field:merchant_customer_id");
  BOOST_TEST(send<NmiPolicy>({.merchant_customer_id = std::string(256, 'a')}, keys, with_token)
                 .refusal() == "invalid_field:merchant_customer_id");
  for (const std::string& reference :
       {std::string{"m-1001"}, std::string{"A_1.b:2@x"}, std::string(255, 'a')})
    BOOST_TEST(
        send<NmiPolicy>({.merchant_customer_id = reference}, keys, with_token).refusal().empty());
}

BOOST_AUTO_TEST_CASE(metadata_have_numbers) {
  florin::CreateRequest request{.merchant_customer_id = "m"};
  for (const char* const key : {"0", "21", "01", "tier", "merchant_defined_field_1"}) {
    request.metadata = {{key, "gold"}};
    BOOST_TEST(send<NmiPolicy>(request, keys, with_token).refusal() == "invalid_field:metadata");
  }
  request.metadata = {{"20", "a&b"}};
  BOOST_TEST(
      send<NmiPolicy>(request, keys, with_token).body.find("&merchant_defined_field_20=a%26b&") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(key_and_payment_token_are_masked) {
  const auto masked = florin::masked_request<NmiPolicy>(carried_request(), keys, with_token);
  BOOST_TEST_REQUIRE(masked.has_value());
  BOOST_TEST(masked->find("FAKE_SECURITY_KEY") == std::string::npos);
  BOOST_TEST(masked->find("00000000") == std::string::npos);
  BOOST_TEST(masked->find("first_name=Ana") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto own = created(
      "response=1&responsetext=Customer Added&authcode=&transactionid=&avsresponse=&cvvresponse=&"
      "orderid=ref-0001&type=&response_code=100&customer_vault_id=m1001");
  BOOST_TEST(summary(own) == "success:m1001");
  // Another id than the one that was given is another customer's.
  BOOST_TEST(summary(created("response=1&responsetext=Customer Added&response_code=100&"
                             "customer_vault_id=900000001")) == "unreadable_reply/unknown/502");
  BOOST_TEST(created("response=1&responsetext=Customer+Added&response_code=100").error().outcome ==
             Outcome::unknown);

  const auto wrong_key = created(refusal("Authentication Failed"));
  BOOST_TEST(summary(wrong_key) == "unauthorized/no_effect/401");
  BOOST_TEST(wrong_key.error().connector_code == "300");
  BOOST_TEST(wrong_key.error().connector_type == "3");
  BOOST_TEST(wrong_key.error().connector_message == "Authentication Failed");
  BOOST_TEST(wrong_key.error().from_processor);
  for (const std::string_view text :
       {"Specified API key not found REFID:1", "Invalid Security Key", "authentication failed"})
    BOOST_TEST(summary(created(refusal(text))) == "unauthorized/no_effect/401");
  BOOST_TEST(summary(created(refusal("Invalid Credit Card Number REFID:3000000002"))) ==
             "invalid_data/no_effect/422");
  for (const std::string_view text :
       {"Billing Information missing", "Required Field cc_number is Missing or Empty REFID:7"})
    BOOST_TEST(summary(created(refusal(text))) == "invalid_data/no_effect/422");
  for (const std::string_view code : {"410", "411"})
    BOOST_TEST(summary(created(refusal("Merchant configuration", code))) ==
               "forbidden/no_effect/403");
  for (const std::string_view code : {"420", "421"})
    BOOST_TEST(summary(created(refusal("Communication error", code))) ==
               "connector_unavailable/unknown/503");
  for (const std::string_view code : {"400", "430", "440", "441", "460", "461"})
    BOOST_TEST(created(refusal("Processor", code)).error().outcome == Outcome::unknown);
  BOOST_TEST(summary(created(refusal("Rate limit exceeded REFID:1"))) ==
             "rate_limited/no_effect/429");
  BOOST_TEST(summary(created("", 429)) == "rate_limited/no_effect/429");
  BOOST_TEST(summary(created("<html>down</html>", 503)) == "connector_unavailable/unknown/503");
  for (const std::string_view body :
       {"", "<html>ok</html>", R"({"response":"1"})", "response=1&customer_vault_id=%zz"})
    BOOST_TEST(summary(created(body)) == "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(whoever_is_declined_is_not_there) {
  for (const std::string_view code : {"200", "220", "240", "253", "264"}) {
    const auto declined = created(
        "response=2&responsetext=DECLINE REFID:3000000005&authcode=&transactionid=&"
        "avsresponse=&cvvresponse=&orderid=&type=&response_code=" +
        std::string{code});
    BOOST_TEST(summary(declined) == "rejected/no_effect/502");
    BOOST_TEST(declined.error().connector_code == code);
    BOOST_TEST(declined.error().connector_type == "2");
    BOOST_TEST(!declined.error().transient);
  }
  // Of an error in the system it is not known what was done before it.
  BOOST_TEST(summary(created(refusal("Processor", "430"))) == "rejected/unknown/502");
  BOOST_TEST(summary(created("response=3&responsetext=Error&response_code=")) ==
             "rejected/unknown/502");
  // No payment method goes out with these.
  BOOST_TEST(answered<florin::Delete>({id}, 200, "response=2&response_code=200").error().outcome ==
             Outcome::unknown);
}

BOOST_AUTO_TEST_CASE(a_reference_is_given_once) {
  for (const std::string_view text :
       {"Duplicate Customer Vault Id REFID:3000000001", "Duplicate Customer Vault ID",
        "DUPLICATE+CUSTOMER%20VAULT ID"}) {
    const auto again = created(refusal(text));
    BOOST_TEST(summary(again) == "customer_exists/in_effect/409");
    BOOST_TEST(again.error().existing_customer_id == "m1001");
    const auto used = created(refusal(text), 200, OnExists::use_existing);
    BOOST_TEST_REQUIRE(summary(used) == "success:m1001");
    BOOST_TEST((used->origin == florin::Origin::already_existed));
  }
  // What only quotes the text is another error.
  BOOST_TEST(summary(created(refusal("Invalid name: Duplicate Customer Vault Id"))) ==
             "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto asked = sent<florin::Retrieve>({id});
  BOOST_TEST(asked.has_line("POST /api/query.php HTTP/1.1"));
  BOOST_TEST(asked.body ==
             "security_key=FAKE_SECURITY_KEY&report_type=customer_vault&"
             "customer_vault_id=900000001");
  BOOST_TEST(sent<florin::Retrieve>({""}).refusal() == "missing_field:");

  const auto found = answered<florin::Retrieve>({id}, 200, sheet_record);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->connector_customer_id() == id);
  BOOST_TEST((found->merchant_customer_id() == id));
  BOOST_TEST((found->given_name() == "Ana"));
  BOOST_TEST((found->family_name() == "Example"));
  BOOST_TEST((found->email() == "ana@example.com"));
  BOOST_TEST((found->phone() == "15555550100"));
  BOOST_TEST((found->address_line1() == "1 Example Street"));
  BOOST_TEST(!found->address_line2());
  BOOST_TEST((found->address_city() == "Springfield"));
  BOOST_TEST((found->address_state() == "IL"));
  BOOST_TEST((found->address_zip() == "62701"));
  BOOST_TEST((found->address_country() == "US"));
  BOOST_TEST_REQUIRE(found->created().has_value());
  BOOST_TEST(found->created()->time_since_epoch().count() == 1767690000);
  BOOST_TEST(found->metadata_size() == 0U);

  const auto rich = answered<florin::Retrieve>(
      {id}, 200,
      page("<customer><customer_vault_id>900000001</customer_vault_id><email></email>"
           "<merchant_defined_field id=\"1\">gold &amp; <![CDATA[<silver>]]>"
           "</merchant_defined_field><merchant_defined_field id='20'>x</merchant_defined_field>"
           "<phone/></customer>"));
  BOOST_TEST_REQUIRE(rich.has_value());
  BOOST_TEST(!rich->email());
  BOOST_TEST(!rich->phone());
  BOOST_TEST(rich->metadata_size() == 2U);
  BOOST_TEST((rich->metadata("1") == "gold & <silver>"));
  BOOST_TEST((rich->metadata("20") == "x"));
}

BOOST_AUTO_TEST_CASE(who_is_not_there_is_not_found) {
  for (const std::string_view body :
       {"<?xml version=\"1.0\" encoding=\"UTF-8\"?><nm_response></nm_response>",
        "<nm_response><customer_vault></customer_vault></nm_response>",
        "<nm_response>\n <customer_vault/>\n</nm_response>\n"}) {
    const auto none = answered<florin::Retrieve>({id}, 200, body);
    BOOST_TEST(none.error().code == Errc::not_found);
    const auto found = answered<FindByReference>({.merchant_customer_id = "m1001"}, 200, body);
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->size() == 0U);
    BOOST_TEST(found->next().empty());
  }
}

BOOST_AUTO_TEST_CASE(the_errors_of_a_query_are_none_of_its_answers) {
  const auto error = [](std::string_view text) {
    return "<nm_response><error_response>" + std::string{text} + "</error_response></nm_response>";
  };
  const auto retrieved = [](std::string_view body) {
    return answered<florin::Retrieve>({id}, 200, body).error();
  };
  const auto found = [](std::string_view body) {
    return answered<FindByEmail>({.email = "ana@example.com"}, 200, body).error();
  };
  BOOST_TEST(retrieved(error("Invalid Security Key")).code == Errc::unauthorized);
  BOOST_TEST(retrieved(error("Invalid Security Key")).from_processor);
  BOOST_TEST(found(error("Invalid Security Key")).code == Errc::unauthorized);
  BOOST_TEST(found(error("Something else")).code == Errc::rejected);
  BOOST_TEST(retrieved(error("Something else")).connector_message == "Something else");
  for (const std::string_view body :
       {"", "<html><br></html>", "<!DOCTYPE html><nm_response></nm_response>",
        "<nm_response><customer_vault>", "<nm_response>&nbsp;</nm_response>", "response=1"}) {
    BOOST_TEST(retrieved(body).code == Errc::unreadable_reply);
    BOOST_TEST(found(body).code == Errc::unreadable_reply);
  }
  BOOST_TEST(retrieved(page(customer("900000002", "x@y.example"))).code == Errc::unreadable_reply);
  // A filter that was ignored: everybody comes.
  BOOST_TEST(
      retrieved(page(customer("900000001", "a@b.example") + customer("900000002", "x@y.example")))
          .code == Errc::unreadable_reply);
}

BOOST_AUTO_TEST_CASE(finds_who_is_asked_for_alone) {
  BOOST_TEST(sent<FindByReference>({.merchant_customer_id = "m1001"}).body ==
             "security_key=FAKE_SECURITY_KEY&report_type=customer_vault&customer_vault_id=m1001");
  BOOST_TEST(sent<FindByEmail>({.email = "ana@example.com"}).body ==
             "security_key=FAKE_SECURITY_KEY&report_type=customer_vault&"
             "email=ana%40example.com");
  BOOST_TEST(!sent<FindByReference>({.merchant_customer_id = " "}).refusal().empty());
  BOOST_TEST(!sent<FindByReference>({}).refusal().empty());
  const std::string everybody =
      page(customer("m1", "ana@example.com") + customer("m2", "other@example.com") +
           customer("m1001", "ana@example.com") +
           "<customer id=\"m4\"><email>ana@example.com</email></customer>");
  const auto by_email = answered<FindByEmail>({.email = "ana@example.com"}, 200, everybody);
  BOOST_TEST_REQUIRE(by_email.has_value());
  BOOST_TEST_REQUIRE(by_email->size() == 3U);
  BOOST_TEST(by_email->begin()->connector_customer_id() == "m1");
  BOOST_TEST((by_email->begin() + 1)->connector_customer_id() == "m1001");
  BOOST_TEST((by_email->begin() + 2)->connector_customer_id() == "m4");
  const auto by_reference =
      answered<FindByReference>({.merchant_customer_id = "m1001"}, 200, everybody);
  BOOST_TEST_REQUIRE(by_reference.has_value());
  BOOST_TEST_REQUIRE(by_reference->size() == 1U);
  BOOST_TEST(by_reference->begin()->connector_customer_id() == "m1001");
  // The id stands in two places, of which one is enough.
  for (const std::string_view alone :
       {"<customer id=\"m4\"></customer>",
        "<customer><customer_vault_id>m4</customer_vault_id></customer>"}) {
    const auto found = answered<FindByReference>({.merchant_customer_id = "m4"}, 200, page(alone));
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST_REQUIRE(found->size() == 1U);
    BOOST_TEST(found->begin()->connector_customer_id() == "m4");
    BOOST_TEST((found->begin()->merchant_customer_id() == "m4"));
  }
  BOOST_TEST(!answered<FindByEmail>({.email = "ana@example.com"}, 200,
                                    page("<customer><email>ana@example.com</email></customer>"))
                  .has_value());
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto changed = sent<Update>({.connector_customer_id = id, .email = "ana.new@example.com"});
  BOOST_TEST(changed.has_line("POST /api/transact.php HTTP/1.1"));
  BOOST_TEST(changed.body ==
             "security_key=FAKE_SECURITY_KEY&customer_vault=update_customer&"
             "customer_vault_id=900000001&email=ana.new%40example.com");
  const florin::UpdateRequestView request{.connector_customer_id = id, .name = "Ana Example"};
  const auto done = answered<Update>(
      request, 200,
      "response=1&responsetext=Customer Update Successful&authcode=&transactionid=&avsresponse=&"
      "cvvresponse=&orderid=&type=&response_code=100&customer_vault_id=900000001");
  BOOST_TEST_REQUIRE(done.has_value());
  BOOST_TEST(done->connector_customer_id() == id);
  const auto unknown = answered<Update>(
      request, 200,
      refusal("Invalid Customer Vault Id REFID:3000000004") + "&customer_vault_id=000000000");
  BOOST_TEST(unknown.error().code == Errc::not_found);
  BOOST_TEST(unknown.error().outcome == Outcome::no_effect);
  BOOST_TEST(
      answered<Update>(request, 200, "response=1&response_code=100&customer_vault_id=900000002")
          .error()
          .code == Errc::unreadable_reply);
  BOOST_TEST(
      sent<Update>({.connector_customer_id = id, .email = "a@b.example", .cleared = {Field::phone}})
          .refusal() == "invalid_field:phone");
}

BOOST_AUTO_TEST_CASE(removes_a_customer) {
  const auto asked = sent<florin::Delete>({id});
  BOOST_TEST(asked.body ==
             "security_key=FAKE_SECURITY_KEY&customer_vault=delete_customer&"
             "customer_vault_id=900000001");
  const auto done = answered<florin::Delete>(
      {id}, 200,
      "response=1&responsetext=Customer Deleted&authcode=&transactionid=&avsresponse=&cvvresponse="
      "&orderid=&type=&response_code=100");
  BOOST_TEST_REQUIRE(done.has_value());
  BOOST_TEST(!done->already_gone);
  BOOST_TEST(answered<florin::Delete>({id}, 200, "response=1&response_code=100&customer_vault_id=")
                 .has_value());
  const auto again = answered<florin::Delete>(
      {id}, 200,
      refusal("Invalid Customer Vault ID REFID:3000000004") + "&customer_vault_id=000000000");
  BOOST_TEST(again.error().code == Errc::not_found);
  BOOST_TEST(answered<florin::Delete>({id}, 200, "").error().code == Errc::unreadable_reply);
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::NmiPolicy>(florin::testing::nmi());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::NmiPolicy>(florin::testing::nmi());
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
