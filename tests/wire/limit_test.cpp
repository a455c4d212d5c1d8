// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/limit.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_limit)

using namespace florin::wire;

namespace {

constexpr Value text(std::string_view value) {
  return {.first = value};
}

std::string repeated(std::size_t count, std::string_view character) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += character;
  return result;
}

}  // namespace

// Constants can be checked at compile time.
static_assert(MaxLength<3>::accepts(text("abc")) && !MaxLength<3>::accepts(text("abcd")));
static_assert(MaxLength<5000>::reason == "is longer than 5000 characters");
static_assert(MaxLength<0>::reason == "is longer than 0 characters");
static_assert(MinLength<10>::reason == "is shorter than 10 characters");

BOOST_AUTO_TEST_CASE(max_length_counts_characters) {
  for (const std::string_view character : {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    BOOST_TEST(MaxLength<20>::accepts(text(repeated(20, character))));
    BOOST_TEST(!MaxLength<20>::accepts(text(repeated(21, character))));
  }
  BOOST_TEST(MaxLength<20>::accepts(text("")));
}

BOOST_AUTO_TEST_CASE(max_length_counts_all_pieces_of_a_joined_value) {
  const std::string nine(9, 'x');
  const std::string ten(10, 'x');
  BOOST_TEST((MaxLength<20>::accepts({.first = nine, .joint = ", ", .second = nine})));
  BOOST_TEST((!MaxLength<20>::accepts({.first = ten, .joint = ", ", .second = nine})));
}

BOOST_AUTO_TEST_CASE(min_length_counts_characters) {
  BOOST_TEST(MinLength<3>::accepts(text("\xC3\xA9\xC3\xA9\xC3\xA9")));
  BOOST_TEST(!MinLength<3>::accepts(text("\xC3\xA9\xC3\xA9")));
}

BOOST_AUTO_TEST_CASE(digits_are_counted_alone) {
  BOOST_TEST(MinDigits<3>::accepts(text("+1 (2) 3")));
  BOOST_TEST(!MinDigits<3>::accepts(text("+1-2 (x)")));
  BOOST_TEST((MinDigits<3>::accepts({.first = "1", .joint = "2", .second = "3"})));
  BOOST_TEST(MaxDigits<3>::accepts(text("+1 (2) 3")));
  BOOST_TEST(!MaxDigits<3>::accepts(text("+1-2 34")));
  BOOST_TEST(MinDigits<9>::reason == "has fewer than 9 digits");
}

BOOST_AUTO_TEST_CASE(email_form) {
  for (const auto good : {"a@b", "john.doe@example.com", "a+b%c&d@example.com",
                          "\xC3\xA9@example.com", "quoted\"part@example.com", "a@[127.0.0.1]"})
    BOOST_TEST(EmailForm::accepts(text(good)), good);
  for (const auto bad : {"", "@", "a@", "@b", "no-at", "a@b@c", " a@b", "a@b ", "a b@c", "a@b\n",
                         "a@\tb", "a\x1F@b", "a@b\r\nBcc: c@d"})
    BOOST_TEST(!EmailForm::accepts(text(bad)), "accepted: " << bad);
  BOOST_TEST(!EmailForm::accepts(text("a\x7F@b")), "accepted DEL");
}

BOOST_AUTO_TEST_CASE(id_form) {
  for (const auto good : {"m-1001", "a.b", "...", "a:b@c", "A_~!$&'()*+,="})
    BOOST_TEST(IdForm::accepts(text(good)), good);
  for (const auto bad : {"a/b", "a\\b", "a?b", "a#b", "a%b", "a;b", "a b", ".", "..", "\xC3\xA9"})
    BOOST_TEST(!IdForm::accepts(text(bad)), "accepted: " << bad);
  const std::string longest(255, 'x');
  BOOST_TEST(IdForm::accepts(text(longest)));
  BOOST_TEST(!IdForm::accepts(text(longest + 'x')));
}

BOOST_AUTO_TEST_CASE(character_sets) {
  using NoAngles = Excludes<"<>">;
  BOOST_TEST(NoAngles::accepts(text("a & b")));
  BOOST_TEST(!NoAngles::accepts(text("a < b")));
  BOOST_TEST(!NoAngles::accepts(text(">")));
  BOOST_TEST(NoAngles::reason == "contains one of <>");

  using Reference = OnlyAlphanumericAnd<"-_">;
  BOOST_TEST(Reference::accepts(text("Az09-_")));
  for (const auto bad : {"a b", "a.b", "a/b", "\xC3\xA9", "a@b", "a[b", "a`b", "a{b", "a:b"})
    BOOST_TEST(!Reference::accepts(text(bad)), "accepted: " << bad);
}

BOOST_AUTO_TEST_CASE(first_characters) {
  using Plain = NotBeginningWith<"!<>">;
  for (const auto good : {"", "a", "a!", "a<b>", "\xC3\xA9!"})
    BOOST_TEST(Plain::accepts(text(good)));
  for (const auto bad : {"!", "!a", "<a", ">"}) BOOST_TEST(!Plain::accepts(text(bad)), bad);
  BOOST_TEST((Plain::accepts({.first = "a", .joint = ", ", .second = "!"})));
  BOOST_TEST((!Plain::accepts({.second = "!"})));
  BOOST_TEST((Plain::accepts({.second = "a!"})));
  BOOST_TEST(Plain::reason == "begins with one of !<>");
}

BOOST_AUTO_TEST_CASE(entries) {
  BOOST_TEST(MaxEntries<50>::entries == 50U);
  BOOST_TEST(MaxEntries<50>::reason == "has more than 50 entries");
  BOOST_TEST(MaxKeyLength<2>::accepts("\xC3\xA9\xC3\xA9", "any value at all"));
  BOOST_TEST(!MaxKeyLength<2>::accepts("abc", ""));
  BOOST_TEST(MaxKeyLength<2>::reason == "has a key longer than 2 characters");
  BOOST_TEST(MaxValueLength<2>::accepts("any key at all", "\xC3\xA9\xC3\xA9"));
  BOOST_TEST(!MaxValueLength<2>::accepts("", "abc"));
  BOOST_TEST(MaxValueLength<2>::reason == "has a value longer than 2 characters");
  BOOST_TEST(KeyExcludes<"[]">::accepts("a(b)", "[]"));
  BOOST_TEST(!KeyExcludes<"[]">::accepts("a[", ""));
  BOOST_TEST(!KeyExcludes<"[]">::accepts("]", ""));
  using Places = KeyOneOf<"data1", "data2">;
  BOOST_TEST(Places::accepts("data1", ""));
  BOOST_TEST(Places::accepts("data2", "data3"));
  for (const auto key : {"", "data", "data3", "data11", "DATA1"})
    BOOST_TEST(!Places::accepts(key, "data1"), key);
  BOOST_TEST(Places::keys.size() == 2U);
  BOOST_TEST(Places::reason == "has a key other than data1, data2");
  BOOST_TEST(KeyOneOf<"a">::reason == "has a key other than a");
  BOOST_TEST(NonEmptyValues::accepts("", "x"));
  BOOST_TEST(!NonEmptyValues::accepts("x", ""));
}

BOOST_AUTO_TEST_SUITE_END()
