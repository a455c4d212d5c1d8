// SPDX-License-Identifier: Apache-2.0
// How each processor is asked for customers, and how its lists are read, by the examples of its
// documents.
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "policies/exchange.hpp"

BOOST_AUTO_TEST_SUITE(policies_find)

using namespace florin;
using namespace florin_test;

namespace {

template <class P, class Operation>
Sent ask(const FindRequest& request) {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() { credentials.*Part::member = "FAKE"; });
  EncodedRequest out;
  auto result = encode<P, Operation>(
      request, credentials,
      {.access_token = "FAKEtoken0001", .salt = "a1B2c3D4e5F6", .timestamp = 1700000000}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}
template <class P>
Sent by_email(std::string_view email, std::string_view page = {}) {
  return ask<P, FindByEmail>({.email = email, .page = page});
}
template <class P>
Sent by_reference(std::string_view reference, std::string_view page = {}) {
  return ask<P, FindByReference>({.merchant_customer_id = reference, .page = page});
}

/// The ids of a page and where the next one is: `id,id>next`; or the error.
template <class P>
std::string found(const FindRequest& request, int status, std::string_view body) {
  const std::vector<wire::HeaderView> headers;
  const wire::ResponseView<std::vector<wire::HeaderView>> response{status, headers, body};
  const auto shown = [answered = status](const Result<CustomerPage>& page) -> std::string {
    if (!page) {
      BOOST_TEST((page.error().outcome == Outcome::no_effect));
      return std::string{to_string(page.error().code)};
    }
    BOOST_TEST(page->http_status == answered);
    std::string text;
    for (const Customer& customer : *page)
      text.append(text.empty() ? "" : ",").append(customer.connector_customer_id());
    if (!page->next().empty()) text.append(">").append(page->next());
    return text;
  };
  if constexpr (offers<P, FindByReference>)
    if (!request.merchant_customer_id.empty())
      return shown(decode<P, FindByReference>(response, request));
  if constexpr (offers<P, FindByEmail>) return shown(decode<P, FindByEmail>(response, request));
  return "not offered";
}

constexpr FindRequest ana{.email = "ana@example.com"};
constexpr FindRequest reference{.merchant_customer_id = "m-1001"};

}  // namespace

static_assert(offers<StripePolicy, Find> && !offers<RapydPolicy, Find> &&
              !offers<GocardlessPolicy, Find>);
static_assert(offers<AirwallexPolicy, FindByReference> && !offers<AirwallexPolicy, FindByEmail>);
static_assert(offers<BraintreePolicy, FindByEmail> && !offers<BraintreePolicy, FindByReference>);
static_assert(reply_facts<StripePolicy, FindByEmail>.index.consistency == Consistency::immediate);
static_assert(reply_facts<StripePolicy, FindByReference>.index.consistency ==
              Consistency::eventual);

BOOST_AUTO_TEST_CASE(airwallex) {
  BOOST_TEST(by_reference<AirwallexPolicy>("m-1001").has_line(
      "GET /api/v1/pa/customers?merchant_customer_id=m-1001&page_num=0&page_size=100 HTTP/1.1"));
  BOOST_TEST(
      by_reference<AirwallexPolicy>("m-1001", "3")
          .has_line("GET /api/v1/pa/customers?merchant_customer_id=m-1001&page_num=3&page_size=100 "
                    "HTTP/1.1"));
  const std::string item =
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4e",)"
      R"("merchant_customer_id":"m-1001","email":"ana@example.com"})";
  BOOST_TEST(
      found<AirwallexPolicy>(reference, 200, R"({"has_more":false,"items":[)" + item + "]}") ==
      "cus_fake0000000001");
  BOOST_TEST(found<AirwallexPolicy>(reference, 200, R"({"has_more":false,"items":[]})") == "");
  BOOST_TEST(
      found<AirwallexPolicy>(reference, 200, R"({"has_more":true,"items":[)" + item + "]}") ==
      "cus_fake0000000001>1");
  // Another case is another reference, whatever the processor makes of it.
  BOOST_TEST(found<AirwallexPolicy>({.merchant_customer_id = "M-1001", .page = "4"}, 200,
                                    R"({"items":[)" + item + R"(],"has_more":true})") == ">5");
  BOOST_TEST(found<AirwallexPolicy>(reference, 200, "{}") == "unreadable_reply");
  BOOST_TEST(found<AirwallexPolicy>(reference, 200, R"({"items":null})") == "unreadable_reply");
  BOOST_TEST(found<AirwallexPolicy>(
                 reference, 400, R"({"code":"validation_error","message":"x"})") == "invalid_data");
}

BOOST_AUTO_TEST_CASE(authorizedotnet) {
  BOOST_TEST(by_reference<AuthorizedotnetPolicy>("m-none").body ==
             R"({"getCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"merchantCustomerId":"m-none"}})");
  BOOST_TEST(by_email<AuthorizedotnetPolicy>("ana@example.com").body ==
             R"({"getCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"email":"ana@example.com"}})");
  const auto sent = by_reference<AuthorizedotnetPolicy>("a reference of 21 bytes");
  BOOST_TEST((sent.result.error().code == Errc::invalid_field));
  BOOST_TEST(
      found<AuthorizedotnetPolicy>(
          {.merchant_customer_id = "m-none"}, 200,
          "\xEF\xBB\xBF"
          R"({"messages":{"resultCode":"Error","message":[{"code":"E00040","text":"None."}]}})") ==
      "");
  const std::string profile =
      R"({"profile":{"shipToList":[{"customerAddressId":"900000002","firstName":"Ana"}],)"
      R"("customerProfileId":"900000001","merchantCustomerId":"m-1001","email":"ana@example.com"},)"
      R"("messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})";
  BOOST_TEST(found<AuthorizedotnetPolicy>(reference, 200, profile) == "900000001");
  BOOST_TEST(found<AuthorizedotnetPolicy>(ana, 200, profile) == "900000001");
  BOOST_TEST(found<AuthorizedotnetPolicy>({.email = "Ana@example.com"}, 200, profile) == "");
  BOOST_TEST(found<AuthorizedotnetPolicy>(
                 ana, 200,
                 R"({"messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"x"}]}})") !=
             "");
}

BOOST_AUTO_TEST_CASE(braintree) {
  const auto sent = by_email<BraintreePolicy>("ana.example@example.com");
  BOOST_TEST(sent.body.find(R"("variables":{"input":{"email":{"is":"ana.example@example.com"}},)"
                            R"("first":50}})") != std::string::npos);
  BOOST_TEST(by_email<BraintreePolicy>("a@b.c", "FAKECURSOR1")
                 .body.ends_with(R"("first":50,"after":"FAKECURSOR1"}})"));
  const auto page = [](std::string_view edges, std::string_view more) {
    return found<BraintreePolicy>(
        {.email = "ana.example@example.com"}, 200,
        R"({"data":{"search":{"customers":{"edges":[)" + std::string{edges} +
            R"(],"pageInfo":{"hasNextPage":)" + std::string{more} +
            R"(,"endCursor":"FAKECURSOR1"}}}},"extensions":{"requestId":"r"}})");
  };
  const std::string_view edge =
      R"({"cursor":"FAKECURSOR1","node":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE=","legacyId":"FAKE0001",)"
      R"("firstName":"Ana","lastName":"Example","email":"ana.example@example.com",)"
      R"("createdAt":"2026-01-15T10:20:30.000000Z","customFields":[]}})";
  BOOST_TEST(page(edge, "false") == "Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(page(edge, "true") == "Y3VzdG9tZXJfRkFLRTAwMDE=>FAKECURSOR1");
  BOOST_TEST(page("", "false") == "");
  BOOST_TEST(found<BraintreePolicy>(ana, 200, R"({"data":{"search":null}})") == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(dwolla) {
  const auto sent = by_email<DwollaPolicy>("ana.example@example.com");
  BOOST_TEST(sent.has_line("GET /customers?email=ana.example%40example.com HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(by_email<DwollaPolicy>("a@b.c", "25")
                 .has_line("GET /customers?email=a%40b.c&offset=25 HTTP/1.1"));
  const auto page = [](std::string_view next, std::string_view status) {
    return R"({"_links":{"self":{"href":"https://api-sandbox.dwolla.com/customers?limit=25"})" +
           std::string{next} +
           R"(},"_embedded":{"customers":[{"_links":{"self":{"href":"x"}},)"
           R"("id":"0fa4e000-0000-4000-8000-00000000c001","firstName":"Ana","lastName":"Example",)"
           R"("email":"ana.example@example.com","type":"unverified","status":")" +
           std::string{status} + R"("}]},"total":1})";
  };
  const FindRequest request{.email = "ana.example@example.com"};
  BOOST_TEST(found<DwollaPolicy>(request, 200, page("", "unverified")) ==
             "0fa4e000-0000-4000-8000-00000000c001");
  BOOST_TEST(found<DwollaPolicy>(request, 200, page("", "deactivated")) == "");
  BOOST_TEST(
      found<DwollaPolicy>(request, 200,
                          page(R"(,"next":{"href":"https://evil.example/customers?offset=25"})",
                               "unverified")) == "0fa4e000-0000-4000-8000-00000000c001>25");
  BOOST_TEST(found<DwollaPolicy>(request, 200,
                                 R"({"_links":{},"_embedded":{"customers":[]},"total":0})") == "");
  BOOST_TEST(found<DwollaPolicy>(request, 200, R"({"_links":{},"total":0})") == "");
}

BOOST_AUTO_TEST_CASE(finix) {
  BOOST_TEST(by_reference<FinixPolicy>("m-1001").has_line(
      "GET /identities?tags.key=merchant_customer_id&tags.value=m-1001&limit=10 HTTP/1.1"));
  BOOST_TEST(by_email<FinixPolicy>("ana@example.com", "IDfAkEfAkEfAkEfAkEfAkE02")
                 .has_line("GET /identities?email=ana%40example.com&limit=10&"
                           "after_cursor=IDfAkEfAkEfAkEfAkEfAkE02 HTTP/1.1"));
  BOOST_TEST(
      found<FinixPolicy>(
          reference, 200,
          R"({"_embedded":{"identities":[{"id":"IDfAkEfAkEfAkEfAkEfAkE01","entity":{"email":)"
          R"("ana@example.com","first_name":"Ana"},"tags":{"merchant_customer_id":"m-1001"}},)"
          R"({"id":"IDfAkEfAkEfAkEfAkEfAkE09","entity":{},"tags":{"other":"m-1001"}}]},)"
          R"("page":{"limit":10,"next_cursor":null}})") == "IDfAkEfAkEfAkEfAkEfAkE01");
  BOOST_TEST(
      found<FinixPolicy>(
          ana, 200,
          R"({"_embedded":{"identities":[{"id":"IDfAkEfAkEfAkEfAkEfAkE02","entity":{"email":)"
          R"("ana@example.com"},"tags":{}},{"id":"IDfAkEfAkEfAkEfAkEfAkE03","entity":{"email":)"
          R"("bo@example.com"},"tags":{}}]},"page":{"limit":1,"next_cursor":)"
          R"("IDfAkEfAkEfAkEfAkEfAkE02"}})") ==
      "IDfAkEfAkEfAkEfAkEfAkE02>IDfAkEfAkEfAkEfAkEfAkE02");
  BOOST_TEST(
      found<FinixPolicy>({.email = "ana@example.com", .page = "IDx"}, 200,
                         R"({"_embedded":{"identities":[]},"page":{"next_cursor":"IDx"}})") ==
      "unreadable_reply");  // it would never end
  BOOST_TEST(found<FinixPolicy>(ana, 200, R"({"page":{"limit":1,"next_cursor":null}})") == "");
  BOOST_TEST(found<FinixPolicy>(ana, 404,
                                R"({"total":1,"_embedded":{"errors":[{"message":"None",)"
                                R"("code":"NOT_FOUND"}]}})") == "");
  BOOST_TEST(found<FinixPolicy>(ana, 404, "<html>") == "not_found");
}

BOOST_AUTO_TEST_CASE(glomopay) {
  BOOST_TEST(by_email<GlomopayPolicy>("ana.example@example.com")
                 .has_line("GET /api/v1/customer?email_address=ana.example%40example.com&page=1&"
                           "per_page=100 HTTP/1.1"));
  BOOST_TEST(by_email<GlomopayPolicy>("ana+x@example.com", "2")
                 .has_line("GET /api/v1/customer?email_address=ana%2Bx%40example.com&page=2&"
                           "per_page=100 HTTP/1.1"));
  const std::string page =
      R"({"data":[{"id":"cust_0aBcDeFgHiJk","name":"Ana Example","email":"ana.example@example.com",)"
      R"("country":"IND","deleted_at":null},{"id":"cust_1aBcDeFgHiJk",)"
      R"("email":"ana.example@example.com","deleted_at":"2026-01-05T10:00:00.325Z"}],)"
      R"("page_meta":{"current":1,"previous":null,"next":2,"per_page":100,"pages":2,"count":102}})";
  BOOST_TEST(found<GlomopayPolicy>({.email = "ana.example@example.com"}, 200, page) ==
             "cust_0aBcDeFgHiJk>2");
  BOOST_TEST(found<GlomopayPolicy>({.email = "Ana.Example@example.com"}, 200, page) ==
             "cust_0aBcDeFgHiJk>2");
  BOOST_TEST(found<GlomopayPolicy>(ana, 200,
                                   R"({"data":[],"page_meta":{"current":1,"next":null}})") == "");
}

BOOST_AUTO_TEST_CASE(paysafe) {
  BOOST_TEST(by_reference<PaysafePolicy>("mc-0001").has_line(
      "GET /paymenthub/v1/customers?merchantCustomerId=mc-0001 HTTP/1.1"));
  const FindRequest request{.merchant_customer_id = "mc-0001"};
  BOOST_TEST(found<PaysafePolicy>(
                 request, 200,
                 R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
                 R"("merchantCustomerId":"mc-0001","email":"ana.example@example.com"})") ==
             "0fa4e000-0000-4000-8000-00000000c001");
  BOOST_TEST(found<PaysafePolicy>(
                 request, 404, R"({"error":{"code":"5269","message":"Entity not found"}})") == "");
  BOOST_TEST(found<PaysafePolicy>(request, 200, "[]") == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(shift4) {
  BOOST_TEST(by_email<Shift4Policy>("ana@example.com")
                 .has_line("GET /customers?email=ana%40example.com&limit=100 HTTP/1.1"));
  BOOST_TEST(by_reference<Shift4Policy>("m-1001", "cust_9")
                 .has_line("GET /customers?metadataKey=merchant_customer_id&metadataValue=m-1001&"
                           "limit=100&startingAfterId=cust_9 HTTP/1.1"));
  const auto page = [](std::string_view more) {
    return R"({"list":[{"id":"cust_FaKe00000000000000000002","created":1767600100,)"
           R"("objectType":"customer","email":"ana@example.com"},)"
           R"({"id":"cust_FaKe00000000000000000001","email":"bo@example.com","metadata":)"
           R"({"merchant_customer_id":"m-1001"}}],"hasMore":)" +
           std::string{more} + "}";
  };
  BOOST_TEST(found<Shift4Policy>(ana, 200, page("false")) == "cust_FaKe00000000000000000002");
  BOOST_TEST(found<Shift4Policy>(reference, 200, page("true")) ==
             "cust_FaKe00000000000000000001>cust_FaKe00000000000000000001");
}

BOOST_AUTO_TEST_CASE(stax) {
  BOOST_TEST(by_reference<StaxPolicy>("m-1001").has_line(
      "GET /customer?reference=m-1001&page=1&per_page=50 HTTP/1.1"));
  BOOST_TEST(by_email<StaxPolicy>("ana@example.com", "2")
                 .has_line("GET /customer?email=ana%40example.com&page=2&per_page=50 HTTP/1.1"));
  const auto page = [](std::string_view next) {
    return R"({"total":1,"per_page":50,"current_page":1,"last_page":1,"next_page_url":)" +
           std::string{next} +
           R"(,"data":[{"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana",)"
           R"("email":"ana@example.com","reference":"m-1001","deleted_at":null},)"
           R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4f","reference":"m-1001",)"
           R"("deleted_at":"2026-01-06 08:00:00"}]})";
  };
  BOOST_TEST(found<StaxPolicy>(reference, 200, page("null")) ==
             "0a1b2c3d-0000-4000-8000-00000000fa4e");
  BOOST_TEST(found<StaxPolicy>(ana, 200, page(R"("https://evil.example/?page=2")")) ==
             "0a1b2c3d-0000-4000-8000-00000000fa4e>2");
}

BOOST_AUTO_TEST_CASE(stripe) {
  BOOST_TEST(by_email<StripePolicy>("ana@example.com")
                 .has_line("GET /v1/customers?email=ana%40example.com&limit=100 HTTP/1.1"));
  BOOST_TEST(
      by_email<StripePolicy>("ana@example.com", "cus_9")
          .has_line(
              "GET /v1/customers?email=ana%40example.com&limit=100&starting_after=cus_9 HTTP/1.1"));
  BOOST_TEST(by_reference<StripePolicy>("m-1001").has_line(
      "GET /v1/customers/search?query=metadata%5B%27merchant_customer_id%27%5D%3A%27m-1001%27&"
      "limit=100 HTTP/1.1"));
  BOOST_TEST(
      by_reference<StripePolicy>("o'b\\\xC3\xA9", "tok")
          .has_line("GET /v1/customers/search?query=metadata%5B%27merchant_customer_id%27%5D%"
                    "3A%27o%5C%27b%5C%5C%C3%A9%27&limit=100&page=tok HTTP/1.1"));
  const auto page = [](std::string_view rest) {
    return R"({"object":"search_result","url":"/v1/customers/search",)" + std::string{rest} +
           R"(,"data":[{"id":"cus_FaKe0Example01","object":"customer","email":"ana@example.com",)"
           R"("name":"Ana Example","metadata":{"merchant_customer_id":"m-1001"}},)"
           R"({"id":"cus_FaKe0Example02","object":"customer","email":"ANA@example.com",)"
           R"("metadata":{"merchant_customer_id":"M-1001"}}]})";
  };
  BOOST_TEST(found<StripePolicy>(reference, 200, page(R"("has_more":false,"next_page":null)")) ==
             "cus_FaKe0Example01");
  BOOST_TEST(found<StripePolicy>(reference, 200, page(R"("has_more":true,"next_page":"tok")")) ==
             "cus_FaKe0Example01>tok");
  BOOST_TEST(found<StripePolicy>(ana, 200, page(R"("has_more":true)")) ==
             "cus_FaKe0Example01>cus_FaKe0Example02");
  BOOST_TEST(found<StripePolicy>(
                 ana, 200, R"({"object":"list","data":[],"has_more":false,"url":"/v1"})") == "");
  for (const std::string_view broken :
       {R"({"data":[{"object":"customer","email":"ana@example.com"}],"has_more":false})",
        R"({"data":[{"id":"ch_1","email":"ana@example.com"}],"has_more":false})",
        R"({"data":[{"id":7}],"has_more":false})", "<html>", "", "{}", "[]",
        R"({"data":[{"id":"cus_1","email":"ana@exam)"})
    BOOST_TEST(found<StripePolicy>(ana, 200, broken) == "unreadable_reply", broken);
}

BOOST_AUTO_TEST_CASE(a_filter_is_exactly_one) {
  const auto refused = [](const FindRequest& request) {
    const auto sent = ask<StripePolicy, FindByEmail>(request);
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
