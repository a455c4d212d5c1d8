// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/utf8.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_utf8)

using florin::wire::count_characters;
using florin::wire::is_blank;
using florin::wire::is_text;
using florin::wire::trim;

static_assert(is_text("plain") && is_text("\xC3\xA9") && !is_text("\xC3") &&
              !is_text(std::string_view{"\0", 1}));
static_assert(count_characters("\xF0\x9F\x98\x80x") == 2);

namespace {

/// The one way to write a code point (RFC 3629, section 3).
std::string encoded(unsigned long point) {
  const auto byte = [](unsigned long value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
  if (point < 0x10000)
    return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)),
            byte(0x80 | (point & 0x3F))};
  return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)),
          byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
}

/// A second opinion: takes bits as the lead byte promises and asks whether encoding gives the same.
bool reference(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<unsigned long>(static_cast<unsigned char>(text[i]));
    };
    const unsigned long lead = byte(at);
    std::size_t length = 1;
    unsigned long point = lead;
    if (lead >= 0xF8) return false;
    if (lead >= 0xF0) {
      length = 4;
      point = lead & 0x07;
    } else if (lead >= 0xE0) {
      length = 3;
      point = lead & 0x0F;
    } else if (lead >= 0xC0) {
      length = 2;
      point = lead & 0x1F;
    } else if (lead >= 0x80) {
      return false;
    }
    if (at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i) point = point << 6 | (byte(at + i) & 0x3F);
    if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    if (encoded(point) != text.substr(at, length)) return false;
    at += length;
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_CASE(accepts_every_code_point) {
  std::size_t refused = 0;
  for (unsigned long point = 1; point <= 0x10FFFF; ++point) {
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (is_text(encoded(point)) == surrogate) ++refused;
  }
  BOOST_TEST(refused == 0U);
}

BOOST_AUTO_TEST_CASE(agrees_with_a_second_opinion_on_all_short_byte_sequences) {
  std::size_t differences = 0;
  const auto compare = [&](const std::string& text) {
    if (is_text(text) != reference(text)) {
      ++differences;
      BOOST_TEST_MESSAGE("differs on a sequence of " << text.size() << " bytes");
    }
  };
  const auto c = [](unsigned value) { return static_cast<char>(value); };
  const std::initializer_list<unsigned> edges{0x00, 0x01, 0x7F, 0x80, 0x8F, 0x90,
                                              0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
  for (unsigned a = 0; a < 256; ++a) {
    compare({c(a)});
    for (unsigned b = 0; b < 256; ++b) {
      compare({c(a), c(b)});
      if (a < 0xE0) continue;
      for (const unsigned d : edges) {
        compare({c(a), c(b), c(d)});
        if (a < 0xF0) continue;
        for (const unsigned e : edges) compare({c(a), c(b), c(d), c(e)});
      }
    }
  }
  BOOST_TEST(differences == 0U);
}

BOOST_AUTO_TEST_CASE(finds_a_fault_at_every_place_of_a_longer_text) {
  // Long enough for the path that reads eight bytes at a time, at every alignment.
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string good(size, 'a');
    BOOST_TEST(is_text(good));
    for (std::size_t at = 0; at < size; ++at) {
      for (const char bad : {'\0', '\x80', '\xFF', '\xC3'}) {
        std::string text = good;
        text[at] = bad;
        BOOST_TEST(!is_text(text), "a bad byte at " << at << " of " << size << " was accepted");
      }
      BOOST_TEST(is_text(good.substr(0, at) + "\xF0\x9F\x98\x80" + good.substr(at)));
      BOOST_TEST(!is_text(good.substr(0, at) + "\xED\xA0\x80" + good.substr(at)));
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_every_truncated_character) {
  for (const std::string_view whole : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    for (std::size_t size = 1; size < whole.size(); ++size) {
      BOOST_TEST(!is_text(whole.substr(0, size)));
      BOOST_TEST(!is_text("12345678" + std::string{whole.substr(0, size)}));
    }
  BOOST_TEST(is_text(""));
}

BOOST_AUTO_TEST_CASE(counts_characters_not_bytes) {
  BOOST_TEST(count_characters("") == 0U);
  BOOST_TEST(count_characters("abc") == 3U);
  BOOST_TEST(count_characters("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == 3U);
}

BOOST_AUTO_TEST_CASE(trims_white_space_at_both_ends) {
  BOOST_TEST(trim("") == "");
  BOOST_TEST(trim(" \t\r\n\v\f ") == "");
  BOOST_TEST(trim("\t a b \n") == "a b");
  BOOST_TEST(trim("a") == "a");
  // U+00A0 is not ASCII white space, and its second byte must not be taken for one.
  // Next line, no-break, ogham, en quad, hair, line, paragraph, narrow, mathematical, ideographic.
  for (const std::string blank :
       {"\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x8A", "\xE2\x80\xA8",
        "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"}) {
    BOOST_TEST(trim(blank) == "");
    BOOST_TEST(trim(blank + ' ' + blank + "a" + blank + "b " + blank) == "a" + blank + "b");
    BOOST_TEST(florin::wire::blank_size(blank) == blank.size());
    BOOST_TEST(florin::wire::blank_size(blank.substr(1)) == 0U);
    BOOST_TEST(florin::wire::blank_size(blank.substr(0, blank.size() - 1)) == 0U);
  }
  // Zero width, a letter, their neighbours.
  for (const std::string_view text :
       {"\xE2\x80\x8B", "\xEF\xBB\xBF", "\xC3\xA0", "\xC2\x84", "\xC2\xA1", "\xE1\x9A\x81",
        "\xE2\x80\xA7", "\xE2\x80\xAA", "\xE2\x80\xB0", "\xE2\x81\xA0", "\xE3\x80\x81"})
    BOOST_TEST(trim(text) == text);
  BOOST_TEST(!is_blank('\0'));
  BOOST_TEST(!is_blank('\x1F'));
}

BOOST_AUTO_TEST_SUITE_END()
