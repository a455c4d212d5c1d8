// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policy.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/source.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compile_fail/parts.hpp"

namespace line_parts_cases {

using namespace florin;
using namespace florin::wire;
using std::string;
using std::string_view;

namespace {

/// The number of the house in a place of its own, which an update can empty.
struct SplitPolicy : parts::Facts {
  static constexpr json::Record record{
      .id = "id", .address_line1 = "street", .address_number = "number", .address_city = "city"};
  using Sent =
      json::Object<Put<"reference", field::MerchantCustomerId>,
                   Put<"number", HouseNumber<field::AddressLine1>>,
                   Put<"street", Joined<StreetName<field::AddressLine1>, field::AddressLine2>>,
                   Put<"city", field::AddressCity>>;
  using NotSent =
      Fields<field::Email, field::Name, field::Phone, field::Description, field::Metadata,
             field::AddressState, field::AddressZip, field::AddressCountry>;
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = Sent;
    using NotCarried = NotSent;
  };
  struct Retrieve : parts::Got, parts::PlacedById {};
  struct Update : parts::Posted, parts::PlacedById {
    using Body = Sent;
    using NotCarried = NotSent;
    using Clearable = Fields<field::AddressLine1>;
    static constexpr auto cleared_by = ClearedBy::null;
  };
};
static_assert(diagnose<SplitPolicy>() && diagnose<SplitPolicy, florin::Update>() &&
              diagnose<SplitPolicy, florin::Retrieve>());

template <class Operation, class Request>
string sent(const Request& request) {
  EncodedRequest out;
  const auto encoded = encode<SplitPolicy, Operation>(request, {"key"}, out);
  return encoded ? string{out.body()} : string{encoded.error().reason};
}
string created(string_view line1, string_view line2 = {}) {
  CreateRequestView request{.merchant_customer_id = "m"};
  request.address.line1 = line1;
  request.address.line2 = line2;
  return sent<Create>(request);
}
string changed(UpdateRequest request) {
  UpdateRequestView view = request;
  view.connector_customer_id = "cus_1";
  return sent<Update>(view);
}
string read(string_view record) {
  using Headers = std::vector<HeaderView>;
  return string{decode<SplitPolicy, Retrieve>(ResponseView<Headers>{200, {}, record},
                                              RetrieveRequest{"cus_1"})
                    .value()
                    .address_line1()
                    .value_or("-")};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_line_parts)

BOOST_AUTO_TEST_CASE(a_line_is_split_behind_its_number) {
  using Parts = std::pair<string_view, string_view>;
  for (const auto& [line, parts] :
       std::vector<std::pair<string_view, Parts>>{{"123 Main Street", {"123", "Main Street"}},
                                                  {"1 Main  Street ", {"1", "Main  Street "}},
                                                  {"999999999 A", {"999999999", "A"}},
                                                  {"7 5th Avenue", {"7", "5th Avenue"}},
                                                  {"7 Del Mar", {"7", "Del Mar"}},
                                                  {"7 D", {"7", "D"}}}) {
    BOOST_TEST(created(line) == R"({"reference":"m","number":)" + string{parts.first} +
                                    R"(,"street":")" + string{parts.second} + R"("})");
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_begins_with_no_house_number_is_all_street) {
  for (const string_view line :
       {"Main Street 123", "123", "123 ", "123  Main Street", " 123 Main Street",
        "123, Main Street", "12B Main Street", "012 Main Street", "0 Main Street",
        "1234567890 Main Street", "-1 Main Street", "25 de Mayo 1234", "9 DE Julio", "1 De",
        "\xD9\xA1 Main Street"})
    BOOST_TEST(created(line) == R"({"reference":"m","street":")" + string{line} + R"("})");
  BOOST_TEST(created("") == R"({"reference":"m"})");
}

BOOST_AUTO_TEST_CASE(the_second_line_goes_with_the_street) {
  BOOST_TEST(created("123 Main Street", "Apt 4") ==
             R"({"reference":"m","number":123,"street":"Main Street, Apt 4"})");
  BOOST_TEST(created("", "4 Flat") == R"({"reference":"m","street":"4 Flat"})");
}

BOOST_AUTO_TEST_CASE(number_and_street_are_read_as_one) {
  BOOST_TEST(read(R"({"id":"cus_1","number":123,"street":"Main Street"})") == "123 Main Street");
  BOOST_TEST(read(R"({"street":"Main Street","number":"12 B","id":"cus_1"})") ==
             "12 B Main Street");
  for (const string_view none : {R"("number":null,)", R"("number":"",)", ""})
    BOOST_TEST(read(R"({"id":"cus_1",)" + string{none} + R"("street":"25 de Mayo 1"})") ==
               "25 de Mayo 1");
  BOOST_TEST(read(R"({"id":"cus_1","number":123})") == "-");
}

BOOST_AUTO_TEST_CASE(an_update_to_a_line_without_a_number_removes_it) {
  BOOST_TEST(changed({.address = {.line1 = "1 A"}}) == R"({"number":1,"street":"A"})");
  BOOST_TEST(changed({.address = {.line1 = "A"}}) == R"({"number":null,"street":"A"})");
  BOOST_TEST(changed({.address = {.city = "Bern"}}) == R"({"city":"Bern"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace line_parts_cases
