// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compile_fail/parts.hpp"
#include "support/allocations.hpp"

/// Finds whose path holds the filter.
BOOST_AUTO_TEST_SUITE(find_by_path)

using florin::CustomerPage;
using florin::Errc;
using florin::Field;
using florin::FindByEmail;
using florin::FindByReference;
using florin::FindRequest;
using std::string;
using std::string_view;

namespace {

/// One record or none by the email, and by a reference behind a fixed text.
struct PathPolicy : parts::Facts {
  static constexpr florin::wire::json::Record record{
      .id = "id", .merchant_customer_id = "code", .email = "email"};
  static constexpr std::array rules{
      florin::wire::Rule{.status = 404, .code = "not_found", .means = Errc::not_found}};
  struct Find {
    struct ByEmail : parts::Got {
      static constexpr string_view path = "/customers/{email}";
      static constexpr florin::wire::json::Page page{};
    };
    struct ByReference : parts::Got {
      static constexpr string_view path = "/accounts/code-{reference}";
      static constexpr florin::wire::json::Page page{};
    };
  };
};
static_assert(florin::ConnectorPolicy<PathPolicy, FindByEmail>);
static_assert(florin::ConnectorPolicy<PathPolicy, FindByReference>);

/// The same with more behind the filter.
struct MiddlePolicy : parts::Facts, parts::Recorded {
  struct Find {
    struct ByReference : parts::Got, parts::Listed {
      static constexpr string_view path = "/by/.{reference}/customers";
      using Query = florin::wire::Query<florin::wire::Const<"limit", "2">,
                                        florin::wire::Put<"after", florin::wire::PageToken<>>>;
    };
  };
};

/// Callers choose the ids.
struct ChosenPolicy : parts::Facts {
  static constexpr florin::wire::json::Record record{
      .id = "id", .merchant_customer_id = "id", .email = "email"};
  struct Find {
    struct ByReference : parts::Got {
      static constexpr string_view path = "/customers/{reference}";
      static constexpr florin::wire::json::Page page{};
    };
    struct ByEmail : parts::Got, parts::Filtered, parts::Listed {
      static constexpr string_view path = "/customers";
    };
  };
};

/// The target of a request; the refusal where there is none.
template <class P, class Operation>
string target(const FindRequest& request) {
  florin::EncodedRequest out;
  const auto encoded = florin::encode<P, Operation>(request, {"key"}, out);
  if (encoded) return string{out.target()};
  BOOST_TEST(out.bytes().empty());
  return encoded.error().what();
}
string by_email(string_view email) {
  return target<PathPolicy, FindByEmail>({.email = email});
}
string by_reference(string_view reference) {
  return target<PathPolicy, FindByReference>({.merchant_customer_id = reference});
}
string in_the_middle(string_view reference, string_view page = {}) {
  return target<MiddlePolicy, FindByReference>({.merchant_customer_id = reference, .page = page});
}

constexpr string_view changes_path = " would change the path that it stands in; outcome no_effect";

florin::Result<CustomerPage> answered(int status, string_view body) {
  const std::vector<florin::wire::HeaderView> headers;
  return florin::decode<PathPolicy, FindByEmail>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      FindRequest{.email = "ana@example.com"});
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_but_unreserved_characters_are_encoded) {
  BOOST_TEST(by_email("ana@example.com") == "/customers/ana%40example.com");
  BOOST_TEST(by_email("a+b/c?d#e%f;g&h=i j\\k\r\n\xC3\xA9@x") ==
             "/customers/a%2Bb%2Fc%3Fd%23e%25f%3Bg%26h%3Di%20j%5Ck%0D%0A%C3%A9%40x");
  BOOST_TEST(by_email("AZaz09-._~") == "/customers/AZaz09-._~");
  BOOST_TEST(by_reference("m-1001") == "/accounts/code-m-1001");
  BOOST_TEST(by_reference("a@b") == "/accounts/code-a%40b");
  BOOST_TEST(in_the_middle("m/1") == "/by/.m%2F1/customers?limit=2");
  BOOST_TEST(in_the_middle("m-1", "p 2").find("page") != string::npos);
  BOOST_TEST(in_the_middle("m-1", "p&2") == "/by/.m-1/customers?limit=2&after=p%262");
}

BOOST_AUTO_TEST_CASE(the_whole_request_is_one_without_a_body) {
  florin::EncodedRequest out;
  BOOST_TEST((florin::encode<PathPolicy, FindByEmail>(FindRequest{.email = "a@b.c"}, {"key"}, out)
                  .has_value()));
  const string head{out.bytes()};
  BOOST_TEST(
      head.starts_with("GET /customers/a%40b.c HTTP/1.1\r\nHost: api.acme.example\r\nAccept: "));
  BOOST_TEST(head.ends_with("\r\n\r\n"));
  BOOST_TEST(head.find("Content-Length") == string::npos);
}

BOOST_AUTO_TEST_CASE(a_filter_that_would_be_another_path_is_refused) {
  for (const string_view email : {".", "..", "../admin", "a/..", "a/./b", "a\\..\\b", "/..", "./"})
    BOOST_TEST(by_email(email) == "acme: invalid_field: email" + string{changes_path}, email);
  // What stands before it makes the segment another one, but not those behind it.
  BOOST_TEST(by_reference(".") == "/accounts/code-.");
  BOOST_TEST(by_reference("..") == "/accounts/code-..");
  BOOST_TEST(by_reference("../x") == "/accounts/code-..%2Fx");
  for (const string_view reference : {"x/..", "x/../y", "x/."})
    BOOST_TEST(by_reference(reference) ==
                   "acme: invalid_field: merchant_customer_id" + string{changes_path},
               reference);
  BOOST_TEST(in_the_middle(".") ==
             "acme: invalid_field: merchant_customer_id" + string{changes_path});
  BOOST_TEST(in_the_middle("..") == "/by/.../customers?limit=2");
  BOOST_TEST(by_email("...") == "/customers/...");
  BOOST_TEST(by_email("a//b") == "/customers/a%2F%2Fb");
}

BOOST_AUTO_TEST_CASE(a_filter_that_is_not_there_is_refused) {
  // Without the value the path would be that of all customers.
  BOOST_TEST((target<PathPolicy, FindByEmail>({.merchant_customer_id = "m-1"})) ==
             "acme: invalid_field: email is empty, but stands in the path; outcome no_effect");
  BOOST_TEST((target<PathPolicy, FindByReference>({.email = "a@b.c"})) ==
             "acme: invalid_field: merchant_customer_id is empty, but stands in the path; outcome "
             "no_effect");
  for (const string_view blank : {" ", "\t\r\n"})
    BOOST_TEST(by_email(blank).starts_with("acme: invalid_field: email is blank"));
  BOOST_TEST(by_email("").starts_with("acme: missing_field"));
  BOOST_TEST(by_email({"a\0b", 3}).starts_with("acme: invalid_field: email"));
  BOOST_TEST(by_email(string(1025, 'a')).starts_with("acme: invalid_field: email is longer"));
  BOOST_TEST(by_email(string(1024, '@')).size() == 11U + 3 * 1024);
}

BOOST_AUTO_TEST_CASE(one_record_answers_or_none) {
  const auto found = answered(200, R"({"id":"c-1","email":"ana@example.com","code":"m-1"})");
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST_REQUIRE(found->size() == 1U);
  BOOST_TEST((*found)[0].connector_customer_id() == "c-1");
  BOOST_TEST((*found)[0].merchant_customer_id().value_or("-") == "m-1");
  BOOST_TEST(found->next().empty());

  const auto none = answered(404, R"({"error":{"code":"not_found","message":"No."}})");
  BOOST_TEST_REQUIRE(none.has_value());
  BOOST_TEST(none->empty());
  BOOST_TEST(none->next().empty());
  BOOST_TEST(none->http_status == 404);
  // Somebody else's 404 does not say that there is none.
  BOOST_TEST((answered(404, "<html>Not found</html>").error().code == Errc::not_found));
  // Nor is another customer the one that was asked for.
  const auto other = answered(200, R"({"id":"c-1","email":"bo@example.com"})");
  BOOST_TEST_REQUIRE(other.has_value());
  BOOST_TEST(other->empty());
}

BOOST_AUTO_TEST_CASE(an_id_that_callers_choose_is_the_reference) {
  const std::vector<florin::wire::HeaderView> headers;
  using Response = florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>;
  constexpr string_view ana = R"({"email":"ana@example.com","id":"m-1"})";
  const auto one = florin::decode<ChosenPolicy, FindByReference>(
      Response{200, headers, ana}, FindRequest{.merchant_customer_id = "m-1"});
  BOOST_TEST_REQUIRE(one.has_value());
  BOOST_TEST_REQUIRE(one->size() == 1U);
  BOOST_TEST((*one)[0].connector_customer_id() == "m-1");
  BOOST_TEST((*one)[0].merchant_customer_id().value_or("-") == "m-1");
  const auto other = florin::decode<ChosenPolicy, FindByReference>(
      Response{200, headers, ana}, FindRequest{.merchant_customer_id = "m-2"});
  BOOST_TEST_REQUIRE(other.has_value());
  BOOST_TEST(other->empty());
  const auto list = florin::decode<ChosenPolicy, FindByEmail>(
      Response{200, headers,
               R"({"data":[{"id":"m-2","email":"bo@example.com"},)" + string{ana} + "]}"},
      FindRequest{.email = "ana@example.com"});
  BOOST_TEST_REQUIRE(list.has_value());
  BOOST_TEST_REQUIRE(list->size() == 1U);
  BOOST_TEST((*list)[0].merchant_customer_id().value_or("-") == "m-1");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_when_it_is_done_again) {
  florin::EncodedRequest out;
  const PathPolicy::Credentials key{"key"};
  std::size_t allocations = 1;
  for (int round = 0; round < 2; ++round) {
    const florin_test::AllocationCount count;
    const bool good =
        florin::encode<PathPolicy, FindByReference>(
            FindRequest{.merchant_customer_id = "m@1001-0123456789-0123456789"}, key, out)
            .has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE(good);
  }
  BOOST_TEST(allocations == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
