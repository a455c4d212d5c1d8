// SPDX-License-Identifier: Apache-2.0
// What is so of the lists of all processors.
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "policies/operations.hpp"

BOOST_AUTO_TEST_SUITE(policies_find)

using namespace florin;
using namespace florin_test;

namespace {

constexpr FindRequest ana{.email = "ana@example.com"};

}  // namespace

BOOST_AUTO_TEST_CASE(a_filter_is_exactly_one) {
  const auto refused = [](const FindRequest& request) {
    const auto sent = request_of<StripePolicy, FindByEmail>(request);
    BOOST_TEST_REQUIRE(sent.result.has_error());
    return std::string{to_string(sent.result.error().code)};
  };
  BOOST_TEST(refused({}) == "missing_field");
  BOOST_TEST(refused({.email = "a@b.c", .merchant_customer_id = "m"}) == "invalid_field");
  BOOST_TEST(refused({.email = "  "}) == "invalid_field");
  BOOST_TEST(refused({.email = std::string(2000, 'a')}) == "invalid_field");
  BOOST_TEST(refused({.email = "a\xFF@b.c"}) == "invalid_field");
  BOOST_TEST(refused({.email = "a@b.c", .page = "a b"}) == "invalid_field");
}

BOOST_AUTO_TEST_CASE(a_list_that_does_not_end_names_a_next_page_that_can_be_asked_for) {
  const auto braintree = [](std::string_view cursor) {
    return found<BraintreePolicy>(
        ana, 200,
        R"({"data":{"search":{"customers":{"edges":[],"pageInfo":{"hasNextPage":true,)"
        R"("endCursor":)" +
            std::string{cursor} + "}}}}}");
  };
  BOOST_TEST(braintree(R"("next")") == ">next");
  for (const std::string& cursor :
       {std::string{"null"}, std::string{R"("")"}, std::string{R"("a b")"},
        std::string{R"("a\r\nb")"}, '"' + std::string(2049, 'a') + '"'})
    BOOST_TEST(braintree(cursor) == "unreadable_reply", cursor.substr(0, 20));
  // Nobody can go on behind the last of none.
  BOOST_TEST(found<StripePolicy>(ana, 200, R"({"data":[],"has_more":true})") == "unreadable_reply");
  BOOST_TEST(found<FinixPolicy>(ana, 200,
                                R"({"_embedded":{"identities":[]},"page":{"next_cursor":")" +
                                    std::string(2049, 'a') + "\"}}") == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(a_page_that_names_itself_ends_the_search) {
  const auto cursor = [](std::string_view page) {
    return found<BraintreePolicy>(
        {.email = "ana@example.com", .page = page}, 200,
        R"({"data":{"search":{"customers":{"edges":[],"pageInfo":{"hasNextPage":true,)"
        R"("endCursor":"next"}}}}})");
  };
  BOOST_TEST(cursor("") == ">next");
  BOOST_TEST(cursor("nex") == ">next");
  BOOST_TEST(cursor("next") == "unreadable_reply");
  const auto last_id = [](std::string_view page) {
    return found<Shift4Policy>({.email = "ana@example.com", .page = page}, 200,
                               R"({"list":[{"id":"cust_1"},{"id":"cust_2"}],"hasMore":true})");
  };
  BOOST_TEST(last_id("cust_1") == ">cust_2");
  BOOST_TEST(last_id("cust_2") == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(a_page_that_is_counted_is_a_number) {
  const auto counted = [](std::string_view page) {
    return found<AirwallexPolicy>({.merchant_customer_id = "m-1001", .page = page}, 200,
                                  R"({"items":[],"has_more":true})");
  };
  BOOST_TEST(counted("") == ">1");
  BOOST_TEST(counted("0") == ">1");
  BOOST_TEST(counted("41") == ">42");
  // No further than the text goes.
  BOOST_TEST(counted(std::string_view{"4129"}.substr(0, 2)) == ">42");
  for (const std::string_view page : {"x", "1x", "-1", "99999999999"})
    BOOST_TEST(counted(page) == "unreadable_reply", page);
}

BOOST_AUTO_TEST_CASE(a_page_that_is_used_again_keeps_nothing) {
  CustomerPage page;
  const auto read = [&page](std::string_view body) {
    Decoder<GlomopayPolicy, FindByEmail> decoder;
    decoder.status(200);
    decoder.body(body, true);
    BOOST_TEST_REQUIRE(decoder.take(ana, page).has_value());
    return std::to_string(page.size()) + '>' + std::string{page.next()};
  };
  const std::string_view one =
      R"({"data":[{"id":"cust_1","email":"ana@example.com"}],"page_meta":{"current":1,"next":2}})";
  BOOST_TEST(read(one) == "1>2");
  BOOST_TEST(read(R"({"data":[],"page_meta":{"current":1,"next":null}})") == "0>");
  BOOST_TEST(read(one) == "1>2");
}

BOOST_AUTO_TEST_CASE(nobody_is_left_on_a_page_when_the_processor_says_that_there_is_none) {
  CustomerPage page;
  const FindRequest request{.merchant_customer_id = "m-1"};
  const auto read = [&](int status, std::string_view body) {
    Decoder<PaysafePolicy, FindByReference> decoder;
    decoder.status(status);
    decoder.body(body, true);
    BOOST_TEST_REQUIRE(decoder.take(request, page).has_value());
    BOOST_TEST(page.http_status == status);
    return page.size();
  };
  BOOST_TEST(read(200, R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
                       R"("merchantCustomerId":"m-1"})") == 1U);
  BOOST_TEST(read(404, R"({"error":{"code":"5269","message":"Entity not found"}})") == 0U);
}

BOOST_AUTO_TEST_CASE(only_exact_matches_come_back) {
  const auto asked = [](const FindRequest& request) {
    return found<StripePolicy>(
        request, 200,
        R"({"has_more":false,"data":[{"id":"cus_1","email":"ana@example.co"},)"
        R"({"id":"cus_2","email":"ana@example.com","metadata":{"merchant_customer_id":"m-1"}},)"
        R"({"id":"cus_3","email":"ana@example.com","deleted":true},)"
        R"({"id":"cus_4","email":"bana@example.com","metadata":{"merchant_customer_id":"m-10"}},)"
        R"({"id":"cus_5","metadata":{"merchant_customer_id":"m-1"}},{"id":"cus_6","email":null},)"
        R"({"id":"cus_7","deleted":true,"metadata":{"merchant_customer_id":"m-1"}},)"
        R"({"id":"cus_8","email":"Ana@example.com","metadata":{"merchant_customer_id":"M-1"}}]})");
  };
  BOOST_TEST(asked({.email = "ana@example.com"}) == "cus_2");
  BOOST_TEST(asked({.email = "Ana@example.com"}) == "cus_8");
  BOOST_TEST(asked({.email = "ana@example"}) == "");
  BOOST_TEST(asked({.merchant_customer_id = "m-1"}) == "cus_2,cus_5");
  BOOST_TEST(asked({.merchant_customer_id = "m"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
