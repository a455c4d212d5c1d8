// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(policies_echo)
/// Answers that name somebody else than the customer that was sent.
namespace {

using florin::CreateRequest;
using florin::Errc;
using florin::Outcome;
using florin::wire::HeaderView;
using std::string;
using std::string_view;

const string reference = "m-1001";
const string email = "Ana@Example.com";

const CreateRequest sent{.merchant_customer_id = reference, .email = email};

/// An answer of the fact sheet, shortened. `@R` stands for the reference and `@E` for the email,
/// both with their quotes.
template <class P>
struct Sheet;
template <>
struct Sheet<florin::StripePolicy> {
  static constexpr string_view answer =
      R"({"id":"cus_FaKe0Example01","object":"customer","email":@E,)"
      R"("metadata":{"merchant_customer_id":@R,"tier":"gold"},"name":"Ana Example"})";
};
template <>
struct Sheet<florin::Shift4Policy> {
  static constexpr string_view answer =
      R"({"id":"cust_FaKe00000000000000000001","created":1767600000,"email":@E,)"
      R"("metadata":{"merchant_customer_id":@R,"tier":"gold"}})";
};
template <>
struct Sheet<florin::AirwallexPolicy> {
  static constexpr string_view answer =
      R"({"id":"cus_fake0000000001","request_id":"0","merchant_customer_id":@R,"email":@E})";
};
template <>
struct Sheet<florin::FinixPolicy> {
  static constexpr string_view answer =
      R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","entity":{"amex_mid":null,"email":@E},)"
      R"("tags":{"merchant_customer_id":@R,"tier":"gold"}})";
};
template <>
struct Sheet<florin::GocardlessPolicy> {
  static constexpr string_view answer =
      R"({"customers":{"id":"CU0000FAKE0001","email":@E,"metadata":{"merchant_customer_id":@R}}})";
};
template <>
struct Sheet<florin::RapydPolicy> {
  static constexpr string_view answer =
      R"({"status":{"error_code":"","status":"SUCCESS","message":"","operation_id":"1"},)"
      R"("data":{"id":"cus_0123456789abcdef0123456789abcdef","email":@E,)"
      R"("metadata":{"merchant_customer_id":@R}}})";
};
template <>
struct Sheet<florin::PaysafePolicy> {
  static constexpr string_view answer =
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
      R"("merchantCustomerId":@R,"locale":"en_US","email":@E})";
};
template <>
struct Sheet<florin::StaxPolicy> {
  static constexpr string_view answer =
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","email":@E,)"
      R"("cc_emails":null,"reference":@R,"options":null})";
};
template <>
struct Sheet<florin::GlomopayPolicy> {
  static constexpr string_view answer =
      R"({"id":"cust_0aBcDeFgHiJk","name":"Ana Example","email":@E,"status":"active"})";
};
template <>
struct Sheet<florin::BraintreePolicy> {
  static constexpr string_view answer =
      R"({"data":{"createCustomer":{"customer":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE=",)"
      R"("legacyId":"FAKE0001","email":@E}}},"extensions":{"requestId":"r"}})";
};
template <>
struct Sheet<florin::BluesnapPolicy> {
  static constexpr string_view answer =
      R"({"vaultedShopperId":20781033,"merchantShopperId":@R,"firstName":"Ana","email":@E})";
};
template <>
struct Sheet<florin::ChargebeePolicy> {
  static constexpr string_view answer =
      R"({"customer":{"id":@R,"first_name":"Ana","email":@E,"deleted":false}})";
};
template <>
struct Sheet<florin::ConektaPolicy> {
  static constexpr string_view answer =
      R"({"livemode":false,"name":"Ana Example","email":@E,"id":"cus_2aBcDeFgHiJkLmNoP",)"
      R"("object":"customer","custom_reference":@R,"metadata":{"tier":"gold"}})";
};
template <>
struct Sheet<florin::CybersourcePolicy> {
  static constexpr string_view answer =
      R"({"id":"FAKE0000000000000000000000000001","buyerInformation":)"
      R"({"merchantCustomerID":@R,"email":@E}})";
};
template <>
struct Sheet<florin::FlutterwavePolicy> {
  static constexpr string_view answer =
      R"({"status":"success","message":"Customer created","data":{"id":"cus_Ab12Cd34Ef",)"
      R"("email":@E,"meta":{"merchant_customer_id":@R}}})";
};
template <>
struct Sheet<florin::MercadopagoPolicy> {
  static constexpr string_view answer =
      R"({"id":"000000001-AbCdEfGhIjKl12","email":@E,"first_name":"Ana",)"
      R"("metadata":{"merchant_customer_id":@R}})";
};
template <>
struct Sheet<florin::MolliePolicy> {
  static constexpr string_view answer =
      R"({"resource":"customer","id":"cst_FAKEtKt44u","mode":"test","email":@E,)"
      R"("metadata":{"merchant_customer_id":@R}})";
};
template <>
struct Sheet<florin::OmisePolicy> {
  static constexpr string_view answer =
      R"({"object":"customer","id":"cust_test_0abcd1efgh2ijkl3mno","deleted":false,)"
      R"("metadata":{"merchant_customer_id":@R},"email":@E})";
};
template <>
struct Sheet<florin::PayjpPolicy> {
  static constexpr string_view answer =
      R"({"created":1767600000,"email":@E,"id":@R,"livemode":false,"object":"customer"})";
};
template <>
struct Sheet<florin::PayloadPolicy> {
  static constexpr string_view answer =
      R"({"id":"acct_FAKE0000000000000000000001","attrs":{"tier":"gold",)"
      R"("merchant_customer_id":@R},"contact_details":{"email":@E}})";
};
template <>
struct Sheet<florin::PaystackPolicy> {
  static constexpr string_view answer =
      R"({"status":true,"message":"Customer created","data":{"email":@E,)"
      R"("metadata":{"merchant_customer_id":@R},"customer_code":"CUS_a1b2c3d4e5f6g7h"}})";
};
template <>
struct Sheet<florin::PinpaymentsPolicy> {
  static constexpr string_view answer =
      R"({"response":{"token":"cus_AbCdEfGhIjKlMnOpQrStUv","email":@E}})";
};
template <>
struct Sheet<florin::RazorpayPolicy> {
  static constexpr string_view answer =
      R"({"id":"cust_Ab12Cd34Ef56Gh","entity":"customer","email":@E,)"
      R"("notes":{"merchant_customer_id":@R}})";
};
template <>
struct Sheet<florin::RecurlyPolicy> {
  static constexpr string_view answer =
      R"({"id":"fake0v4fw0v2","object":"account","state":"active","code":@R,"email":@E})";
};
template <>
struct Sheet<florin::RevolutPolicy> {
  static constexpr string_view answer =
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","full_name":"Ana Example","email":@E})";
};
template <>
struct Sheet<florin::SquarePolicy> {
  static constexpr string_view answer =
      R"({"customer":{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8","email_address":@E,)"
      R"("reference_id":@R}})";
};
template <>
struct Sheet<florin::XenditPolicy> {
  static constexpr string_view answer =
      R"({"id":"cust-3f2b8c1e-0000-4000-8000-000000000001","reference_id":@R,"email":@E})";
};
/// These echo nothing.
template <>
struct Sheet<florin::AuthorizedotnetPolicy> {
  static constexpr string_view answer = "";
};
template <>
struct Sheet<florin::DwollaPolicy> {
  static constexpr string_view answer = "";
};

template <>
struct Sheet<florin::CheckoutcomPolicy> {
  static constexpr string_view answer = "";
};
/// This echoes the id alone, which is the reference, and not in JSON: see nmi_test.cpp.
template <>
struct Sheet<florin::NmiPolicy> {
  static constexpr string_view answer =
      "response=1&responsetext=Customer Added&customer_vault_id=@R";
};

/// `success`, or the error in short.
template <class P>
string said(const string& reference_text, const string& email_text,
            const CreateRequest& request = sent) {
  string body{Sheet<P>::answer};
  for (const auto& [mark, text] : {std::pair{"@R", &reference_text}, {"@E", &email_text}})
    if (const auto at = body.find(mark); at != string::npos) body.replace(at, 2, *text);
  const auto answer = florin::decode<P>(
      florin::wire::ResponseView<std::vector<HeaderView>>{200, {}, body}, request);
  if (answer) return "success";
  const florin::Error error = answer.error();
  // Where a known email is answered with the customer that has it.
  if (P::Create::reply.other_exists && error.code == Errc::customer_exists) {
    BOOST_TEST((error.outcome == Outcome::in_effect));
    BOOST_TEST(!error.existing_customer_id.empty());
    return "exists";
  }
  BOOST_TEST((error.code == Errc::unreadable_reply));
  BOOST_TEST((error.outcome == Outcome::unknown));
  BOOST_TEST(error.status_code == 502);
  BOOST_TEST(!error.from_processor);
  BOOST_TEST(error.what().find("example") == string::npos);
  return string{error.reason};
}

string in_quotes(string_view text) {
  return '"' + string{text} + '"';
}

template <class P>
void check_policy() {
  BOOST_TEST_CONTEXT(P::name) {
    const string other = "the answer is for another customer";
    constexpr bool has_reference = Sheet<P>::answer.find("@R") != string_view::npos;
    constexpr bool has_email = Sheet<P>::answer.find("@E") != string_view::npos;
    const auto& echo = P::Create::reply.echo;
    BOOST_TEST(echo.merchant_customer_id.empty() != has_reference);
    BOOST_TEST(echo.email.empty() != has_email);
    if (!has_email) return;
    // An id has to be there, and to be one.
    const bool is_id = has_reference && P::Create::reply.id.at == echo.merchant_customer_id.at;

    BOOST_TEST(said<P>(in_quotes(reference), in_quotes(email)) == "success");
    // What processors do to an email; and to a reference at most at its ends.
    for (const string_view same : {"ana@example.com", "ANA@EXAMPLE.COM", "  ana@example.com "})
      BOOST_TEST(said<P>(in_quotes(reference), in_quotes(same)) == "success");
    // What is not there says nothing.
    for (const string none : {"null", "\"\"", "\" \"", "{}", "[]", "[\"x\"]"}) {
      if (!is_id) BOOST_TEST(said<P>(none, in_quotes(email)) == "success");
      BOOST_TEST(said<P>(in_quotes(reference), none) == "success");
    }
    BOOST_TEST(said<P>(in_quotes(is_id ? reference : string(2000, 'x')),
                       in_quotes(string(2000, 'x'))) == "success");
    BOOST_TEST(said<P>(in_quotes(reference), in_quotes("zoe@example.com"),
                       {.merchant_customer_id = reference}) == "success");
    BOOST_TEST(said<P>(in_quotes(reference), in_quotes("ana@xn--exmple-cua.com"),
                       {.merchant_customer_id = reference, .email = "ana@ex\xC3\xA4mple.com"}) ==
               "success");

    for (const string_view foreign : {"zoe@example.com", "ana@example.co", "ana@example.comx"})
      BOOST_TEST(said<P>(in_quotes(reference), in_quotes(foreign)) == other);
    if (has_reference)
      for (const string_view foreign : {"m-1002", "M-1001", "m-100", "m-10011"})
        BOOST_TEST(said<P>(in_quotes(foreign), in_quotes(email)) ==
                   (P::Create::reply.other_exists ? "exists" : other));
    // Escapes are no difference.
    BOOST_TEST(said<P>(R"("\u006d-1001")", R"("ana\u0040example.com")") == "success");
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_for_somebody_else_is_unreadable) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (check_policy<std::tuple_element_t<I, florin::AllPolicies>>(), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<florin::AllPolicies>>{});
}

BOOST_AUTO_TEST_CASE(an_echo_takes_no_message_from_a_refusal) {
  // Stax's refusals have the field's name where a success has the field.
  const auto answer = florin::decode<florin::StaxPolicy>(
      florin::wire::ResponseView<std::vector<HeaderView>>{
          422, {}, R"({"email":["The email must be a valid email address."]})"},
      sent);
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST(answer.error().connector_message == "The email must be a valid email address.");
  BOOST_TEST(answer.error().param == "email");
  BOOST_TEST((answer.error().code == Errc::invalid_data));
}

BOOST_AUTO_TEST_SUITE_END()
