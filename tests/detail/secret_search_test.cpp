// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/secret_search.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(secret_search)
namespace {

using florin::detail::SecretSearch;
using std::string;
using std::string_view;

/// What is found of `secret` in `text`; `-` for nothing.
string found(string_view text, string_view secret, bool cut = false) {
  const auto place = SecretSearch{text, secret, cut}.next(0);
  if (!place) return "-";
  return string{text.substr(place->from, place->to - place->from)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(finds_it_as_it_is) {
  BOOST_TEST(found("key=s3cr&t.", "s3cr&t") == "s3cr&t");
  BOOST_TEST(found("s3cr&t", "s3cr&t") == "s3cr&t");
  BOOST_TEST(found("s3cr&", "s3cr&t") == "-");
  BOOST_TEST(found("", "s3cr&t") == "-");
  BOOST_TEST(found("text", "") == "-");
  BOOST_TEST(found("aab", "ab") == "ab");
}

BOOST_AUTO_TEST_CASE(finds_it_percent_encoded) {
  const string_view secret = "a/b+c d%e";
  for (const string_view text :
       {"a%2Fb%2Bc%20d%25e", "a%2fb%2bc+d%25e", "%61%2F%62%2B%63%20%64%25%65", "a%2Fb+c d%25e",
        "a%252Fb%252Bc%2520d%2525e", "a/b+c%20d%e"})
    BOOST_TEST(found("<" + string{text} + ">", secret) == text);
  BOOST_TEST(found("a%2Gb", "a/b") == "-");
  BOOST_TEST(found("a%2", "a/b") == "-");
}

BOOST_AUTO_TEST_CASE(finds_it_json_escaped) {
  const string_view secret = R"(k"/\y)";
  for (const string_view text :
       {R"(k\"\/\\y)", R"(k\"/\\y)", R"(\u006b\u0022\u002F\u005c\u0079)", R"(k\\\"\\/\\\\y)",
        R"(k\x22/\x5cy)", R"(k%22%2F%5Cy)", R"(k\u0022%2f\\y)"})
    BOOST_TEST(found("<" + string{text} + ">", secret) == text);
  BOOST_TEST(found(R"(\n)", "n") == "n");
  BOOST_TEST(found(R"(\u006)", "k") == "-");
}

BOOST_AUTO_TEST_CASE(finds_what_is_left_of_it_at_a_cut) {
  for (const string_view text : {"verysec", "very%73ec", R"(very\u0073)", "very%7", "very%",
                                 R"(very\)", R"(very\u00)", "very%25", "very%257"}) {
    BOOST_TEST(found("x " + string{text}, "verysecret99", true) == text);
    BOOST_TEST(found("x " + string{text}, "verysecret99", false) == "-");
    // A cut is an end: nothing follows it.
    BOOST_TEST(found(string{text} + " x", "verysecret99", true) == "-");
  }
  BOOST_TEST(found("very%41", "verysecret99", true) == "-");
}

BOOST_AUTO_TEST_CASE(finds_the_next_place) {
  const string_view text = "abc %61bc abc";
  auto place = SecretSearch{text, "abc", false}.next(1);
  BOOST_TEST_REQUIRE(place.has_value());
  BOOST_TEST(place->from == 4u);
  BOOST_TEST(place->to == 9u);
  place = SecretSearch{text, "abc", false}.next(place->to);
  BOOST_TEST_REQUIRE(place.has_value());
  BOOST_TEST(place->from == 10u);
  BOOST_TEST(!(SecretSearch{text, "abc", false}.next(place->to)).has_value());
}

BOOST_AUTO_TEST_CASE(finds_every_mixture_of_encodings) {
  std::mt19937 random{4711};
  constexpr string_view alphabet = "aZ09%+ \\\"/u&=-_.";
  for (int i = 0; i < 20'000; ++i) {
    string secret;
    for (auto n = 4 + random() % 12; n-- > 0;) secret += alphabet[random() % alphabet.size()];
    string text;
    for (const char c : secret) {
      char digits[8];
      const auto code = static_cast<unsigned>(c);
      switch (random() % 5) {
        case 0:
          std::snprintf(digits, sizeof digits, "%%%02X", code);
          text += digits;
          break;
        case 1:
          std::snprintf(digits, sizeof digits, "%%%02x", code);
          text += digits;
          break;
        case 2:
          std::snprintf(digits, sizeof digits, "\\u%04x", code);
          text += digits;
          break;
        case 3:
          if (c == '"' || c == '\\' || c == '/') text += '\\';
          text += c == ' ' ? '+' : c;
          break;
        default:
          text += c;
      }
    }
    const auto place = SecretSearch{"? " + text + " ?", secret, false}.next(0);
    BOOST_TEST_REQUIRE(place.has_value(), secret << " as " << text);
    BOOST_TEST(place->from <= 2u);
  }
}

BOOST_AUTO_TEST_CASE(hostile_text_takes_no_long_time,
                     *florin_test::not_under_tsan("one thread computes, fifteen times as long")) {
  string text;
  while (text.size() < 1024) text += "%25";
  BOOST_TEST(found(text, string(4096, '%') + "x") == "-");
  BOOST_TEST(found(string(1024, '\\'), string(4096, '\\') + "x") == "-");
}

BOOST_AUTO_TEST_SUITE_END()
