// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/encoded_request.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "support/allocations.hpp"
#include "support/form_text.hpp"

BOOST_AUTO_TEST_SUITE(wire_encoded_request)

using florin::EncodedRequest;
using florin::Field;
using florin::FieldSet;
using florin_test::request_text;

namespace {

void fill(EncodedRequest& out, std::string_view body, std::string_view secret = "secret") {
  auto& buffer = out.begin("POST /x HTTP/1.1\r\nHost: ", "api.example");
  buffer.append("Authorization: ");
  buffer.append(secret);
  buffer.append("\r\n");
  out.end_head();
  buffer.append(body);
  out.end_body({Field::phone});
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_length_is_right_whatever_its_digits) {
  EncodedRequest out;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{9}, std::size_t{10}, std::size_t{99},
        std::size_t{100}, std::size_t{12345}, std::size_t{200000}, std::size_t{7}}) {
    const std::string body(size, 'b');
    fill(out, body);
    const auto request = request_text(out.bytes());  // Checks Content-Length.
    BOOST_TEST(request.line == "POST /x HTTP/1.1");
    BOOST_TEST(request.headers.size() == 3U);
    BOOST_TEST(request.header("Host") == "api.example");
    BOOST_TEST(request.header("Authorization") == "secret");
    BOOST_TEST((request.body == body));
    BOOST_TEST((out.body() == body));
    BOOST_TEST((out.bytes() == std::string{out.head()} + std::string{out.body()}));
    BOOST_TEST(out.head().ends_with("\r\n\r\n"));
    BOOST_TEST((out.dropped() == FieldSet{Field::phone}));
  }
}

BOOST_AUTO_TEST_CASE(is_empty_at_first_and_after_clear) {
  EncodedRequest out;
  BOOST_TEST(out.bytes().empty());
  fill(out, "body");
  out.clear();
  BOOST_TEST(out.bytes().empty());
  BOOST_TEST(out.head().empty());
  BOOST_TEST(out.body().empty());
  BOOST_TEST(out.dropped().empty());
  fill(out, "again");
  BOOST_TEST(out.body() == "again");
}

BOOST_AUTO_TEST_CASE(a_signature_is_filled_in_where_its_place_is) {
  EncodedRequest out;
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{123456}}) {
    auto& buffer = out.begin("POST /x?y HTTP/1.1\r\nHost: ", "api.example");
    BOOST_TEST(out.signature().empty());
    BOOST_TEST(out.begun_target() == "/x?y");
    buffer.append("Signature: ");
    out.place_signature({buffer.size(), 4});
    buffer.append("====\r\nLast: z\r\n");
    out.end_head();
    buffer.append(std::string(size, 'b'));
    out.end_body({});
    BOOST_TEST(out.target() == "/x?y");
    BOOST_TEST(out.signature() == "====");
    std::string_view{"sign"}.copy(out.signature_place(), 4);
    BOOST_TEST(request_text(std::string{out.bytes()}).header("Signature") == "sign");
    BOOST_TEST(request_text(std::string{out.bytes()}).header("Last") == "z");
  }
  auto& buffer = out.begin_target("GET /x/", "c1", "/y");
  BOOST_TEST(out.signature().empty());
  out.end_target("api.example", false);
  BOOST_TEST(out.begun_target() == "/x/c1/y");
  out.place_signature({buffer.size() - 2, 1});
  out.end_head();
  out.end_without_body();
  out.clear();
  BOOST_TEST(out.signature().empty());
}

BOOST_AUTO_TEST_CASE(moves) {
  EncodedRequest a;
  fill(a, "body");
  const std::string bytes{a.bytes()};
  EncodedRequest b{std::move(a)};
  BOOST_TEST(b.bytes() == bytes);
  fill(a, "other");  // NOLINT(bugprone-use-after-move)
  BOOST_TEST(a.body() == "other");
  a = std::move(b);
  BOOST_TEST(a.bytes() == bytes);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_in_freed_memory) {
  constexpr std::string_view secret = "a credential that nothing else has";
  const florin_test::FreedMemoryWatch watch{secret};
  {
    EncodedRequest out;
    fill(out, std::string(100000, 'x'), secret);
    fill(out, "short", secret);
    out.clear();
    EncodedRequest moved;
    fill(moved, "x", secret);
    moved = std::move(out);
    EncodedRequest kept;
    fill(kept, "x", secret);
  }
  BOOST_TEST(!watch.seen());
}

BOOST_AUTO_TEST_SUITE_END()
