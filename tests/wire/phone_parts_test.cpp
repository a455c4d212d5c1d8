// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policy.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/source.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compile_fail/parts.hpp"

namespace phone_parts_cases {

using namespace florin;
using namespace florin::wire;
using std::string;
using std::string_view;

namespace {

/// Code and number in places of their own, which an update replaces together with the address.
struct SplitPolicy : parts::Facts {
  static constexpr json::Record record{.id = "id",
                                       .email = "email",
                                       .phone = "phone.number",
                                       .calling_code = "phone.code",
                                       .address_city = "city"};
  using Sent = json::Object<Put<"reference", field::MerchantCustomerId>, Put<"email", field::Email>,
                            json::Nested<"phone", Put<"code", CallingCode<field::Phone>>,
                                         Put<"number", NationalNumber<field::Phone>>>,
                            Put<"city", field::AddressCity>>;
  using NotSent =
      Fields<field::Name, field::Description, field::Metadata, field::AddressLine1,
             field::AddressLine2, field::AddressState, field::AddressZip, field::AddressCountry>;
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = Sent;
    using NotCarried = NotSent;
  };
  struct Retrieve : parts::Got, parts::PlacedById {};
  struct Update : parts::Posted, parts::PlacedById {
    using Body = Sent;
    using NotCarried = NotSent;
    using Clearable = Fields<field::Phone>;
    static constexpr auto cleared_by = ClearedBy::null;
    static constexpr Replaces replaces{.group = {Field::phone, Field::address_city}};
  };
};
static_assert(diagnose<SplitPolicy>() && diagnose<SplitPolicy, florin::Update>() &&
              diagnose<SplitPolicy, florin::Retrieve>());
static_assert(CallingCode<field::Phone>::carried == FieldSet{Field::phone});
static_assert(florin::wire::detail::calling_code_size("4420") == 2);  // at compile time, too

template <class Operation, class Request>
string sent(const Request& request) {
  EncodedRequest out;
  const auto encoded = encode<SplitPolicy, Operation>(request, {"key"}, out);
  if (encoded) return string{out.body()};
  BOOST_TEST((encoded.error().field == Field::phone));
  return string{encoded.error().reason};
}
string created(string_view phone) {
  return sent<Create>(CreateRequestView{.merchant_customer_id = "m", .phone = phone});
}

Customer stored(const string& phone) {
  using Headers = std::vector<HeaderView>;
  const string body = R"({"id":"cus_1","phone":)" + phone + R"(,"city":"Bern"})";
  return decode<SplitPolicy, Retrieve>(ResponseView<Headers>{200, {}, body},
                                       RetrieveRequest{"cus_1"})
      .value();
}
string changed(const UpdateRequest& request, const string& phone) {
  const Customer current = stored(phone);
  UpdateRequestView view = request;
  view.connector_customer_id = "cus_1";
  view.current = &current;
  return sent<Update>(view);
}

constexpr string_view no_code =
    "has no calling code: begin it with a plus and the code of its country, such as "
    "+44 20 7946 0000";

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_phone_parts)

BOOST_AUTO_TEST_CASE(calling_codes_are_those_that_are_assigned) {
  const std::set<string_view> two{"20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41",
                                  "43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54",
                                  "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
                                  "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};
  for (unsigned number = 0; number < 1000; ++number) {
    string digits = std::to_string(number);
    digits.insert(0, 3 - digits.size(), '0');
    std::size_t expected = two.contains(string_view{digits}.substr(0, 2)) ? 2 : 3;
    if (digits[0] == '1' || digits[0] == '7') expected = 1;
    if (digits[0] == '0') expected = 0;
    BOOST_TEST(florin::wire::detail::calling_code_size(digits) == expected, digits);
  }
  for (const string_view shortest : {"", "2", "35"})
    BOOST_TEST(florin::wire::detail::calling_code_size(shortest) == 0U);
  BOOST_TEST(florin::wire::detail::calling_code_size("44") == 2U);
}

BOOST_AUTO_TEST_CASE(a_number_is_split_behind_its_calling_code) {
  const auto body = [](string_view code, string_view number) {
    return R"({"reference":"m","phone":{"code":")" + string{code} + R"(","number":")" +
           string{number} + R"("}})";
  };
  BOOST_TEST(created("+1 (555) 555-0100") == body("1", "5555550100"));
  BOOST_TEST(created("+44 20 7946 0000") == body("44", "2079460000"));
  BOOST_TEST(created("+353.1.555.0100") == body("353", "15550100"));
  BOOST_TEST(created("+7/4955550100") == body("7", "4955550100"));
  BOOST_TEST(created("+41440000000") == body("41", "440000000"));
  BOOST_TEST(created("+423 5550100") == body("423", "5550100"));
  BOOST_TEST(created("+79") == body("7", "9"));
  BOOST_TEST(created("") == R"({"reference":"m"})");
}

BOOST_AUTO_TEST_CASE(a_number_without_a_calling_code_is_refused) {
  for (const string_view phone : {"5555550100", "0041440000000", "(044) 000 00 00", "+0441234567",
                                  "+44", "+1", "+35", "+353", "441234567"})
    BOOST_TEST(created(phone) == no_code, phone);
  for (const string_view phone : {"+", "+44 x", "4+4", "++441", "call me"})
    BOOST_TEST(created(phone) == "is not a phone number", phone);
}

BOOST_AUTO_TEST_CASE(code_and_number_are_read_as_one) {
  BOOST_TEST(stored(R"({"code":"44","number":"2079460000"})").phone().value() == "+442079460000");
  BOOST_TEST(stored(R"({"number":"5555550100","code":"+1"})").phone().value() == "+15555550100");
  BOOST_TEST(stored(R"({"code":1,"number":"5"})").phone().value() == "+15");
  BOOST_TEST(stored(R"({"code":"1","number":"+15"})").phone().value() == "+15");
  BOOST_TEST(stored(R"({"number":"5"})").phone().value() == "5");
  BOOST_TEST(!stored(R"({"code":"44"})").phone());
  BOOST_TEST(stored(R"({"code":"44","number":""})").phone().value() == "");
  const Customer customer = stored(R"({"code":"44","number":"2079460000"})");
  BOOST_TEST(customer.address_city().value() == "Bern");
}

BOOST_AUTO_TEST_CASE(an_update_sends_a_number_again_as_the_record_has_it) {
  const string kept = R"({"phone":{"code":"44","number":"2079460000"},"city":"Basel"})";
  const UpdateRequest moves{.address = {.city = "Basel"}};
  BOOST_TEST(changed(moves, R"({"code":"44","number":"2079460000"})") == kept);
  BOOST_TEST(changed(moves, R"({"number":"442079460000"})") == kept);
  BOOST_TEST(changed(moves, R"({"number":"+44 20 7946 0000"})") == kept);
  // A number of no country cannot be split, and is not lost.
  BOOST_TEST(changed(moves, R"({"number":"0440000000"})") ==
             R"({"phone":{"number":"0440000000"},"city":"Basel"})");
  BOOST_TEST(changed(moves, "null") == R"({"city":"Basel"})");
  // What changes has to have its code.
  BOOST_TEST(changed({.phone = "+41440000000"}, R"({"number":"0"})") ==
             R"({"phone":{"code":"41","number":"440000000"},"city":"Bern"})");
  BOOST_TEST(changed({.phone = "0440000000"}, R"({"code":"44","number":"1"})") == no_code);
  BOOST_TEST(changed({.cleared = {Field::phone}}, R"({"code":"44","number":"1"})") ==
             R"({"city":"Bern"})");
  // What is not of the group leaves the phone alone.
  BOOST_TEST(changed({.email = "a@b"}, R"({"code":"44","number":"1"})") == R"({"email":"a@b"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace phone_parts_cases
