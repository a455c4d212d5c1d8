// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/finder.hpp>
#include <florin/policies/stax.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compile_fail/parts.hpp"
#include "support/allocations.hpp"

/// How the end of a find's pages is told, and the next page.
BOOST_AUTO_TEST_SUITE(find_pages)

using florin::CustomerPage;
using florin::Errc;
using florin::FindByEmail;
using florin::FindRequest;
using florin::wire::json::Next;
using florin::wire::json::Page;
using std::string;
using std::string_view;

namespace {

/// A find whose pages are told as `Told` says.
template <Page (*Told)()>
struct PagePolicy : parts::Facts, parts::Recorded {
  struct Find {
    struct ByEmail : parts::Got, parts::Placed {
      using Query = florin::wire::Query<florin::wire::Put<"email", florin::field::Email>,
                                        florin::wire::Put<"page", florin::wire::PageToken<>>>;
      static constexpr Page page = Told();
    };
  };
};

using Numbered = PagePolicy < []() constexpr {
  return Page{.items = "data", .next = Next::number, .first = 1, .pages = "meta.pageCount"};
}
> ;
using FromZero = PagePolicy < []() constexpr {
  return Page{.items = "data", .next = Next::number, .pages = "meta.pageCount"};
}
> ;
using Skipping = PagePolicy < []() constexpr {
  return Page{.items = "data", .next = Next::number, .step = 2, .total = "paging.total"};
}
> ;
using SkippingFromOne = PagePolicy < []() constexpr {
  return Page{
      .items = "data", .next = Next::number, .first = 1, .step = 2, .total = "paging.total"};
}
> ;
using Sized = PagePolicy < []() constexpr {
  return Page{.items = "data", .next = Next::number, .step = 2, .size = 2};
}
> ;
using SizedById = PagePolicy < []() constexpr {
  return Page{.items = "data", .next = Next::last_id, .size = 2};
}
> ;
using Linked = PagePolicy < []() constexpr {
  return Page{.items = "data", .next = Next::link, .token = "next"};
}
> ;
using LinkedMore = PagePolicy < []() constexpr {
  return Page{.items = "data", .more = "has_more", .next = Next::link, .token = "next"};
}
> ;

/// As many customers, `ana@example.com` each.
string customers(int count, int from = 1) {
  string list;
  for (int i = from; i < from + count; ++i)
    list.append(list.empty() ? "" : ",")
        .append(R"({"id":"c-)")
        .append(std::to_string(i))
        .append(R"(","email":"ana@example.com"})");
  return '[' + list + ']';
}

template <class P>
florin::Result<CustomerPage> answered(const FindRequest& request, string_view body) {
  const std::vector<florin::wire::HeaderView> headers;
  return florin::decode<P, FindByEmail>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{200, headers, body},
      request);
}

/// How many customers there are on a page of `count`, and what the next one is called, or why the
/// answer cannot be read.
template <class P>
string page_of(string_view page, int count, string_view rest, string_view before = {}) {
  const string body = "{\"data\":" + customers(count) + string{rest} + "}";
  const auto answer =
      answered<P>({.email = "ana@example.com", .page = page, .before = before}, body);
  if (!answer) {
    const florin::Error error = answer.error();
    BOOST_TEST((error.code == Errc::unreadable_reply));
    return string{error.reason};
  }
  BOOST_TEST(answer->first() == (count == 0 ? "" : "c-1"));
  return std::to_string(answer->size()) + '>' + string{answer->next()};
}

constexpr string_view not_said = "the answer does not say how many there are";

/// The target of the request for a page; the refusal where there is none.
template <class P>
string target(string_view page) {
  florin::EncodedRequest out;
  const auto encoded = florin::encode<P, FindByEmail>(
      FindRequest{.email = "ana@example.com", .page = page}, {"key"}, out);
  if (!encoded) {
    BOOST_TEST(out.bytes().empty());
    return string{to_string(encoded.error().code)} + ' ' + encoded.error().param;
  }
  const auto bytes = out.bytes();
  BOOST_TEST(bytes.starts_with("GET " + string{out.target()} + " HTTP/1.1\r\nHost: api.acme"));
  return string{out.target()};
}

/// What a link to the next page comes to.
template <class P = Linked>
string linked(string_view link, string_view page = {}) {
  return page_of<P>(page, 1, R"(,"next":")" + string{link} + '"');
}

}  // namespace

BOOST_AUTO_TEST_CASE(pages_are_counted) {
  const auto at = [](string_view page, string_view count) {
    return page_of<Numbered>(page, 2, R"(,"meta":{"pageCount":)" + string{count} + "}");
  };
  BOOST_TEST(at("", "3") == "2>2");
  BOOST_TEST(at("2", "3") == "2>3");
  BOOST_TEST(at("3", "3") == "2>");
  BOOST_TEST(at("4", "3") == "2>");
  BOOST_TEST(at("", "1") == "2>");
  BOOST_TEST(at("", "0") == "2>");
  BOOST_TEST(at("2", "\"3\"") == "2>3");
  BOOST_TEST(at("4294967294", "4294967295") == "2>4294967295");
  // A number that may be the last one, or how many there are: one more is asked for.
  const auto zero = [](string_view page, int count) {
    return page_of<FromZero>(page, count, R"(,"meta":{"pageCount":2})");
  };
  BOOST_TEST(zero("", 2) == "2>1");
  BOOST_TEST(zero("1", 2) == "2>2");
  BOOST_TEST(zero("2", 0) == "0>");
}

BOOST_AUTO_TEST_CASE(customers_are_counted) {
  const auto at = [](string_view page, string_view total, int count = 2) {
    return page_of<Skipping>(page, count, R"(,"paging":{"total":)" + string{total} + "}");
  };
  BOOST_TEST(at("", "5") == "2>2");
  BOOST_TEST(at("2", "5") == "2>4");
  BOOST_TEST(at("4", "5") == "2>");
  BOOST_TEST(at("2", "4") == "2>");
  BOOST_TEST(at("", "2") == "2>");
  BOOST_TEST(at("", "3") == "2>2");
  BOOST_TEST(at("", "\"3\"") == "2>2");
  // A total that grows without customers leads nowhere.
  BOOST_TEST(at("2", "1000000", 0) == "0>");
  BOOST_TEST(at("", "18446744073709551615") == "2>2");

  const auto one = [](string_view page, string_view total) {
    return page_of<SkippingFromOne>(page, 2, R"(,"paging":{"total":)" + string{total} + "}");
  };
  BOOST_TEST(one("", "2") == "2>");
  BOOST_TEST(one("", "3") == "2>3");
  BOOST_TEST(one("3", "4") == "2>");
  BOOST_TEST(one("3", "5") == "2>5");
  BOOST_TEST(one("", "18446744073709551615") == "2>3");
}

BOOST_AUTO_TEST_CASE(a_count_that_is_none_is_unreadable_unless_the_page_is_empty) {
  for (const string_view meta :
       {"", R"(,"meta":null)", R"(,"meta":{"pageCount":null})", R"(,"meta":{"pageCount":""})",
        R"(,"meta":{"pageCount":"many"})", R"(,"meta":{"pageCount":-1})",
        R"(,"meta":{"pageCount":2.5})", R"(,"meta":{"pageCount":1e3})",
        R"(,"meta":{"pageCount":"2 "})", R"(,"meta":{"pageCount":true})",
        R"(,"meta":{"pageCount":{"n":1}})", R"(,"meta":{"pageCount":"18446744073709551616"})"}) {
    BOOST_TEST(page_of<Numbered>("", 1, meta) == not_said, meta);
    BOOST_TEST(page_of<Numbered>("", 0, meta) == "0>", meta);
  }
  BOOST_TEST(page_of<Skipping>("", 1, "") == not_said);
  BOOST_TEST(page_of<Skipping>("", 1, R"(,"paging":{"total":"all"})") == not_said);
  BOOST_TEST(page_of<Skipping>("", 0, "") == "0>");
  // Nor is what a caller makes up a page.
  for (const string_view page : {"x", "-1", "1.0", "4294967295", "99999999999999999999"})
    BOOST_TEST(
        page_of<Numbered>(page, 1, R"(,"meta":{"pageCount":9})") == "the page is not a number",
        page);
}

BOOST_AUTO_TEST_CASE(what_is_no_list_does_not_say_that_there_is_nobody) {
  for (const string_view list : {R"("x")", R"("")", "false", "true", "0", "7", "{}",
                                 R"({"code":"internal"})", R"({"0":{"id":"cus_1"}})"}) {
    const string body = R"({"object":"list","data":)" + string{list} + R"(,"has_more":false})";
    const auto page = answered<florin::StripePolicy>({.email = "ana@example.com"}, body);
    BOOST_TEST_REQUIRE(page.has_error(), list);
    BOOST_TEST((page.error().code == florin::Errc::unreadable_reply), list);
  }
}

BOOST_AUTO_TEST_CASE(a_page_that_is_not_full_is_the_last) {
  BOOST_TEST(page_of<Sized>("", 2, "") == "2>2");
  BOOST_TEST(page_of<Sized>("2", 2, "") == "2>4");
  BOOST_TEST(page_of<Sized>("2", 3, "") == "3>4");
  BOOST_TEST(page_of<Sized>("2", 1, "") == "1>");
  BOOST_TEST(page_of<Sized>("2", 0, "") == "0>");
  BOOST_TEST(page_of<SizedById>("", 2, "") == "2>c-2");
  BOOST_TEST(page_of<SizedById>("c-9", 1, "") == "1>");
  BOOST_TEST(page_of<SizedById>("c-9", 0, "") == "0>");
}

BOOST_AUTO_TEST_CASE(a_page_that_comes_again_ends_the_walk) {
  BOOST_TEST(page_of<Sized>("2", 2, "", "c-1") == "0>");
  BOOST_TEST(page_of<Sized>("2", 2, "", "c-0") == "2>4");
  BOOST_TEST(page_of<Numbered>("2", 2, R"(,"meta":{"pageCount":9})", "c-1") == "0>");
  // Where the answer itself names the next page, it may begin with whom it likes.
  BOOST_TEST(page_of<SizedById>("c-9", 2, "", "c-1") == "2>c-2");
}

namespace {

/// A processor that does not look at the number of the page.
class StubbornClient {
 public:
  using CallOptionsType = int;
  explicit StubbornClient(int& calls) : calls_(&calls) {}
  template <class Operation>
  florin::Result<CustomerPage> perform(const FindRequest& request, int) {
    ++*calls_;
    return answered<Sized>(request, "{\"data\":" + customers(2) + "}");
  }

 private:
  int* calls_;
};

}  // namespace

namespace {

/// A processor whose list leads into a circle: behind page `tail + circle - 1` comes page `tail`.
class CirclingClient {
 public:
  using CallOptionsType = int;
  CirclingClient(int tail, int circle, int& calls) : tail_(tail), circle_(circle), calls_(&calls) {}
  template <class Operation>
  florin::Result<CustomerPage> perform(const FindRequest& request, int) {
    ++*calls_;
    const int page = request.page.empty() ? 0 : std::stoi(string{request.page.substr(4)});
    const int next = page + 1 == tail_ + circle_ ? tail_ : page + 1;
    return answered<florin::StripePolicy>(
        request, R"({"data":[{"id":"cus_)" + std::to_string(next) +
                     R"(","email":"x@y.example"}],)" + R"("has_more":true})");
  }

 private:
  int tail_;
  int circle_;
  int* calls_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_finder_ends_where_the_list_leads_in_a_circle) {
  for (const int tail : {0, 1, 5}) {
    for (const int circle : {1, 2, 3, 7, 100}) {
      int calls = 0;
      florin::Finder<CirclingClient, FindByEmail> finder{CirclingClient{tail, circle, calls},
                                                         FindRequest{.email = "ana@example.com"}, 0,
                                                         florin::all_customers};
      for (const auto& customer : finder) BOOST_TEST(!customer.has_value());
      BOOST_TEST(calls >= tail + circle - 1, tail << ' ' << circle << ' ' << calls);
      BOOST_TEST(calls <= 3 * (tail + circle) + 2, tail << ' ' << circle << ' ' << calls);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_id_makes_a_page_unreadable) {
  for (const string_view id : {"true", "false", "-5", "1.5", "1e5", "null", "[]", "{}"}) {
    const string body = R"({"data":[{"id":)" + string{id} + R"(}],"has_more":false})";
    const auto page = answered<florin::StaxPolicy>({.email = "ana@example.com"}, body);
    BOOST_TEST_REQUIRE(page.has_error(), id);
    BOOST_TEST((page.error().code == florin::Errc::unreadable_reply), id);
  }
  BOOST_TEST(answered<florin::StaxPolicy>({.email = "ana@example.com"},
                                          R"({"data":[{"id":15,"email":"ana@example.com"}],"last_page":1})")
                 .has_value());
}

BOOST_AUTO_TEST_CASE(a_finder_ends_where_pages_come_again) {
  int calls = 0;
  florin::Finder<StubbornClient, FindByEmail> finder{
      StubbornClient{calls}, {.email = "ana@example.com"}, 0, florin::all_customers};
  std::size_t found = 0;
  for (auto& customer : finder) {
    found += customer ? 1U : 99U;
    if (calls == 9) break;
  }
  BOOST_TEST(found == 2U);
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(of_a_link_the_query_alone_is_taken) {
  for (const string_view before :
       {"", "/customers", "https://api.acme.example/customers", "https://elsewhere.example:8443/x",
        "//elsewhere.example/", "ftp://user:password@10.0.0.1/a b/"})
    BOOST_TEST(linked(string{before} + "?cursor=a%2Fb&limit=2") == "1>cursor=a%2Fb&limit=2",
               before);
  BOOST_TEST(linked("/customers?a=1#part?b=2") == "1>a=1");
  BOOST_TEST(linked("/customers?a=1?b=/2") == "1>a=1?b=/2");
  BOOST_TEST(linked("\\/customers?filter[email]=a:b@c,d;e") == "1>filter[email]=a:b@c,d;e");
  BOOST_TEST(target<Linked>("cursor=a%2Fb&limit=2") == "/customers?cursor=a%2Fb&limit=2");
  BOOST_TEST(target<Linked>("filter[email]=a:b@c,d;e?f/g") ==
             "/customers?filter[email]=a:b@c,d;e?f/g");
  // The first page is asked for as declared.
  BOOST_TEST(target<Linked>("") == "/customers?email=ana%40example.com");
}

BOOST_AUTO_TEST_CASE(no_link_is_the_end) {
  for (const string_view rest : {"", R"(,"next":null)", R"(,"next":"")"})
    BOOST_TEST(page_of<Linked>("a=1", 2, rest) == "2>", rest);
  const string more = R"(,"has_more":true)";
  const string done = R"(,"has_more":false)";
  const string link = R"(,"next":"/x?a=2")";
  BOOST_TEST(page_of<LinkedMore>("a=1", 2, more + link) == "2>a=2");
  BOOST_TEST(page_of<LinkedMore>("a=1", 2, done + link) == "2>");
  BOOST_TEST(page_of<LinkedMore>("a=1", 2, done) == "2>");
  BOOST_TEST(page_of<LinkedMore>("a=1", 2, more) == "the answer does not name its next page");
  BOOST_TEST(page_of<Linked>("a=2", 2, link) == "the answer names the same page again");
}

BOOST_AUTO_TEST_CASE(a_link_that_cannot_be_sent_is_unreadable) {
  constexpr string_view refused = "the next page's link has no query that can be sent";
  for (const string_view link :
       {"/customers", "/customers?", "next",   "#a?b",      "?a b",    "?a\\r\\nX: y",
        "?a\\nb",     "?a\\u0000b",  "?a\\tb", "?\xC3\xA9", "?a\\\"b", "?a<b",
        "?a>b",       "?a\\\\b",     "?a^b",   "?a`b",      "?a{b",    "?a|b",
        "?a}b",       "?a%",         "?a%2",   "?a%zz",     "?a%2g",   "?a\x7F"})
    BOOST_TEST(linked(link) == refused, link);
  BOOST_TEST(page_of<Linked>("", 1, R"(,"next":true)") == refused);
  BOOST_TEST(page_of<Linked>("", 1, R"(,"next":7)") == refused);

  const string longest = "a=" + string(2046, 'x');
  BOOST_TEST(linked("https://api.acme.example/customers?" + longest) == "1>" + longest);
  BOOST_TEST(linked('?' + longest + 'x') == refused);
  BOOST_TEST(linked('?' + string(4096, 'x')) == "the next page's name is too long");
  BOOST_TEST(target<Linked>(longest) == "/customers?" + longest);
}

BOOST_AUTO_TEST_CASE(a_callers_page_brings_nothing_with_it) {
  for (const string_view page : {"a b", "a\r\nX: y", "a\n", "a HTTP/1.1", "#x", "a#b", "\xC3\xA9",
                                 "a\"", "a\\", "a%", "a%0", "a%0g", "<", "{"})
    BOOST_TEST(target<Linked>(page) == "invalid_field page", page);
  BOOST_TEST(target<Linked>({"a\0b", 3}) == "invalid_field page");
  BOOST_TEST(target<Linked>(string(2049, 'a')) == "invalid_field page");
  // A path is a part of the query.
  BOOST_TEST(target<Linked>("/../admin?x=1") == "/customers?/../admin?x=1");
  BOOST_TEST(target<Linked>("%0d%0aX:%20y") == "/customers?%0d%0aX:%20y");
  // Others encode what they are given.
  BOOST_TEST(target<Sized>("a\"{#") == "/customers?email=ana%40example.com&page=a%22%7B%23");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_for_pages_that_are_read_again) {
  florin::Decoder<Linked, FindByEmail> decoder;
  florin::EncodedRequest out;
  CustomerPage page;
  const Linked::Credentials key{"key"};
  const string body =
      "{\"data\":" + customers(2) + R"(,"next":"/customers?cursor=)" + string(200, 'x') + "\"}";
  const FindRequest request{.email = "ana@example.com", .page = "cursor=y", .before = "c-7"};
  std::size_t allocations = 1;
  for (int round = 0; round < 3; ++round) {
    const florin_test::AllocationCount count;
    const bool encoded = florin::encode<Linked, FindByEmail>(request, key, out).has_value();
    decoder.reset();
    decoder.status(200);
    decoder.body(body, true);
    const bool read = decoder.take(request, page).has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE((encoded && read));
  }
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(page.next().size() == 207U);
}

BOOST_AUTO_TEST_SUITE_END()
