// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/request_text.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

/// A request as it is kept in a row.
BOOST_AUTO_TEST_SUITE(onboarding_request_text)
namespace {

using namespace florin::onboarding::detail;
using florin::CreateRequest;

CreateRequest full() {
  return {.merchant_customer_id = "m-1",
          .email = "ana@example.com",
          .name = "Ana \"Q\" Example\\",
          .given_name = "Ana",
          .family_name = "Example \xc3\xa9\xf0\x9f\x98\x80",
          .phone = "+15555550100",
          .description = "line\nline\ttab",
          .metadata = {{"plan", "gold"}, {"a", ""}, {"email", "x"}},
          .address = {"1 Main", "2nd", "Town", "CA", "90001", "US"}};
}

BOOST_AUTO_TEST_CASE(every_field_comes_back) {
  const CreateRequest request = full();
  const std::string text = text_of(request);
  const auto back = request_of(text);
  BOOST_TEST_REQUIRE(back.has_value());
  BOOST_TEST(back->merchant_customer_id == request.merchant_customer_id);
  BOOST_TEST(back->email == request.email);
  BOOST_TEST(back->name == request.name);
  BOOST_TEST(back->given_name == request.given_name);
  BOOST_TEST(back->family_name == request.family_name);
  BOOST_TEST(back->phone == request.phone);
  BOOST_TEST(back->description == request.description);
  BOOST_TEST(back->address.line1 == request.address.line1);
  BOOST_TEST(back->address.line2 == request.address.line2);
  BOOST_TEST(back->address.city == request.address.city);
  BOOST_TEST(back->address.state == request.address.state);
  BOOST_TEST(back->address.zip == request.address.zip);
  BOOST_TEST(back->address.country == request.address.country);
  BOOST_TEST_REQUIRE(back->metadata.size() == 3u);
  BOOST_TEST(back->metadata.begin()->first == "plan");
  BOOST_TEST((back->metadata.begin() + 1)->second == "");
  BOOST_TEST(text_of(*back) == text);
}

BOOST_AUTO_TEST_CASE(what_is_absent_is_left_out) {
  BOOST_TEST(text_of(florin::CreateRequestView{.merchant_customer_id = "m"}) ==
             R"({"merchant_customer_id":"m"})");
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused) {
  for (const std::string_view text :
       {"", "[]", "7", R"({"email":7})", R"({"merchant_customer_id":"m","planet":"x"})",
        R"({"metadata":{}})", R"({"metadata":[["a"]]})", R"({"metadata":[["a",7]]})",
        R"({"merchant_customer_id":"m")"})
    BOOST_TEST(!request_of(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(every_field_counts_in_the_digest) {
  CreateRequest other = full();
  const std::string before = digest_of(other);
  BOOST_TEST(before.size() == 36u);
  // An order that a map of the caller's happens to have says nothing.
  const CreateRequest first = full();
  other.metadata = {};
  for (std::size_t i = first.metadata.size(); i-- != 0;)
    other.metadata.set(first.metadata.data()[i].first, first.metadata.data()[i].second);
  BOOST_TEST(text_of(other) != text_of(first));
  BOOST_TEST(digest_of(other) == before);
  BOOST_TEST(before == digest_of(other));
  other.metadata.set("plan", "silver");
  BOOST_TEST(digest_of(other) != before);
  other = full();
  other.address.zip = "90002";
  BOOST_TEST(digest_of(other) != before);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
